/**
 * Piper's own HTTP server (`python3 -m piper.http_server`): a sentence as JSON, a WAV back. Today it takes sentences at
 * `/synthesize` (tried with piper-tts 1.8.0), in earlier releases it did at `/`.
 */
import type { EngineOptions, Speech, TtsEngine } from '../engine.js';
import { numberOption, textOption } from '../options.js';
import { type RemoteOptions, request, wholeBody } from '../remote/http.js';
import { decodeWav, mono } from '../wav.js';

/** Options: `url`, `voice` (a model that the server has; absent for its default), `keyVariable`, `retries` (1). */
export async function openPiperHttp(options: EngineOptions): Promise<TtsEngine> {
  const remote = {
    engine: 'piper-http',
    url: textOption('piper-http', options, 'url'),
    keyVariable: String(options.keyVariable ?? ''),
    retries: numberOption('piper-http', options, 'retries', 1),
  };
  return new PiperHttp(remote, String(options.voice ?? ''));
}

const isMissing = (status: number): boolean => status === 404 || status === 405;

class PiperHttp implements TtsEngine {
  readonly voices: readonly string[];
  #path = '/synthesize';

  constructor(
    private readonly options: RemoteOptions,
    voice: string,
  ) {
    this.voices = voice === '' ? [] : [voice];
  }

  async *synthesize(
    text: string,
    { voice, speed, signal }: { voice: string; speed: number; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    if (signal.aborted || text.trim() === '') return;
    const body = JSON.stringify({ text, length_scale: 1 / speed, ...(voice !== '' && { voice }) });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal };
    const wav = await this.#asked(init)
      .then((response) => wholeBody('piper-http', response))
      .catch((thrown: unknown) => (signal.aborted ? undefined : Promise.reject(thrown)));
    if (wav === undefined || signal.aborted) return;
    const decoded = decodeWav(wav, 'an answer of piper-http');
    yield { samples: Float32Array.from(mono(decoded), (sample) => sample / 32768), rateHz: decoded.rateHz };
  }

  async #asked(init: RequestInit & { signal: AbortSignal }): Promise<Response> {
    const response = await request(this.options, this.#path, init, this.#path === '/' ? undefined : isMissing);
    if (response.ok) return response;
    await response.body?.cancel();
    this.#path = '/';
    return request(this.options, '/', init);
  }

  async warmUp(): Promise<void> {
    const options = { voice: this.voices[0] ?? '', speed: 1, signal: new AbortController().signal };
    for await (const _speech of this.synthesize('One.', options));
  }

  async close(): Promise<void> {}
}
