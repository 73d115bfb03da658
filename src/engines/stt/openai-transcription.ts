/**
 * Any server with OpenAI's transcription endpoint (faster-whisper servers, vLLM, …): whole utterances as WAV in a form.
 * Decoded ahead at the caller's pause, as every recogniser that does not stream.
 */
import { fault } from '../../errors.js';
import type { EngineOptions, SttEngine, SttStream } from '../engine.js';
import { numberOption, textOption } from '../options.js';
import { type RemoteOptions, request, wholeBody } from '../remote/http.js';
import { encodeWav } from '../wav.js';
import { type Decode, UtteranceStream } from './utterance-stream.js';

const rateHz = 16000;
const pieceSamples = 28 * rateHz;
const pieces = 4;

interface TranscriptionOptions extends RemoteOptions {
  model: string;
}

/** Options: `url` (up to and with /v1), `model`, `keyVariable`, `retries` (1), `language` (sent along). */
export async function openOpenAiTranscription(
  options: EngineOptions,
): Promise<SttEngine & { readonly openStreams: number }> {
  const remote = {
    engine: 'openai',
    url: textOption('openai', options, 'url'),
    model: textOption('openai', options, 'model'),
    keyVariable: String(options.keyVariable ?? ''),
    retries: numberOption('openai', options, 'retries', 1),
  };
  return new OpenAiTranscription(remote, String(options.language ?? '*'));
}

class OpenAiTranscription implements SttEngine {
  readonly capabilities;
  openStreams = 0;

  constructor(
    private readonly options: TranscriptionOptions,
    language: string,
  ) {
    this.capabilities = { streaming: false, confidence: false, languages: [language] };
  }

  open({ language, onPartial }: { language: string; onPartial: (text: string) => void }): SttStream {
    this.openStreams++;
    return new UtteranceStream({
      engine: 'openai',
      decode: (samples) => this.#decode(samples, language),
      pieceSamples,
      pieces,
      onPartial,
      onClose: () => this.openStreams--,
    });
  }

  /** The samples are the stream's buffer: the WAV is a copy of them. */
  #decode(samples: Int16Array, language: string): Decode {
    const abort = new AbortController();
    const wav = encodeWav({ rateHz, channels: [samples] });
    return { text: transcribed(this.options, wav, language, abort.signal), cancel: () => abort.abort() };
  }

  async warmUp(): Promise<void> {
    const wav = encodeWav({ rateHz, channels: [new Int16Array(rateHz / 2)] });
    await transcribed(this.options, wav, '', new AbortController().signal);
  }

  async close(): Promise<void> {}
}

async function transcribed(
  options: TranscriptionOptions,
  wav: Buffer,
  language: string,
  signal: AbortSignal,
): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(wav)], { type: 'audio/wav' }), 'speech.wav');
  form.set('model', options.model);
  form.set('response_format', 'json');
  if (language !== '') form.set('language', language.slice(0, 2));
  const response = await request(options, '/audio/transcriptions', { method: 'POST', body: form, signal });
  const body = (await wholeBody('openai', response)).toString('utf8');
  try {
    return ((JSON.parse(body) as { text?: string }).text ?? '').trim();
  } catch {
    throw fault('ENGINE_FAILED', 'openai', `its transcript is no JSON: ${body.slice(0, 100)}`);
  }
}
