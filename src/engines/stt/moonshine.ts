/**
 * Moonshine through sherpa-onnx: English, not streaming. An utterance is collected and decoded whole; `pause` decodes
 * ahead, and `finish` uses that when only silence came after it; what comes later is decoded without it. Price: a decode
 * takes as long as it has words, and each one that runs takes 300 MB, so all calls of a worker queue up for one decoder.
 */
import sherpa, { type OfflineRecognizer } from 'sherpa-onnx-node';
import { fault } from '../../errors.js';
import type { EngineOptions, SttEngine, SttStream } from '../engine.js';
import { numberOption, textOption } from '../options.js';
import { SerialQueue } from '../serial-queue.js';
import { trimSilence } from './silence.js';
import { type Decode, UtteranceStream } from './utterance-stream.js';

const RATE_HZ = 16000;
/** The model was trained on pieces up to about this long; longer utterances are decoded in pieces. */
const PIECE_SAMPLES = 30 * RATE_HZ;
/** Pieces of one utterance that may wait: five minutes, then the rest is refused. */
const PIECES_LIMIT = 10;
/** From this length on, pre-roll and pause included, a piece is understood as well alone as with what follows it. */
const KEPT_SAMPLES = 2.5 * RATE_HZ;
/** Shorter input makes the encoder's convolutions fail: padded with silence. */
const SHORTEST_SAMPLES = RATE_HZ / 2;
/**
 * Silence behind every piece: a pause of the telephone is never quite silent, and where it follows the last word at
 * once the model goes on and says the sentence a second and a third time (29 of 240 utterances; none with this).
 */
const TAIL_SAMPLES = RATE_HZ / 10;
const QUEUE_LIMIT = 64;

/** Options: `encoder`, `decoder`, `tokens` (paths), `threads`. Throws ENGINE_FAILED. */
export async function openMoonshine(options: EngineOptions): Promise<SttEngine> {
  const recognizer = await sherpa.OfflineRecognizer.createAsync({
    featConfig: { sampleRate: RATE_HZ, featureDim: 80 },
    modelConfig: {
      moonshine: {
        encoder: textOption('moonshine', options, 'encoder'),
        mergedDecoder: textOption('moonshine', options, 'decoder'),
      },
      tokens: textOption('moonshine', options, 'tokens'),
      numThreads: numberOption('moonshine', options, 'threads', 1),
      provider: 'cpu',
      debug: false,
    },
  });
  return new Moonshine(new Decoder(recognizer));
}

/** One decode at a time. One that has not begun can be given up; one that runs cannot be stopped. */
class Decoder {
  readonly #queue = new SerialQueue('moonshine', QUEUE_LIMIT);
  constructor(private readonly recognizer: OfflineRecognizer) {}

  start(samples: Int16Array): Decode {
    let wanted = true;
    const speech = trimSilence(samples);
    const text = this.#queue.run(async () => (wanted && speech.length > 0 ? this.#decode(speech) : ''));
    text.catch(() => {}); // a cancelled decode has nobody to hear of its failure; `finish` awaits the same promise
    return {
      text,
      cancel: () => {
        wanted = false;
      },
    };
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  async #decode(samples: Int16Array): Promise<string> {
    const padded = new Float32Array(Math.max(samples.length + TAIL_SAMPLES, SHORTEST_SAMPLES));
    for (const [at, sample] of samples.entries()) padded[at] = sample / 32768;
    const stream = this.recognizer.createStream();
    stream.acceptWaveform({ samples: padded, sampleRate: RATE_HZ });
    return (await this.recognizer.decodeAsync(stream)).text.trim();
  }
}

class Moonshine implements SttEngine {
  readonly capabilities = { streaming: false, confidence: false, languages: ['en'] };
  readonly #streams = new Set<SttStream>();
  constructor(private readonly decoder: Decoder) {}

  get openStreams(): number {
    return this.#streams.size;
  }

  open({ language, onPartial }: { language: string; onPartial: (text: string) => void }): SttStream {
    if (language !== 'en') throw fault('ENGINE_FAILED', 'moonshine', `it knows English (en), not ${language}`);
    const stream: SttStream = new UtteranceStream({
      engine: 'moonshine',
      decode: (samples) => this.decoder.start(samples),
      pieceSamples: PIECE_SAMPLES,
      pieces: PIECES_LIMIT,
      keptSamples: KEPT_SAMPLES,
      onPartial,
      onClose: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    return stream;
  }

  /** The first decode takes three times as long as the next ones. */
  async warmUp(): Promise<void> {
    const noise = Int16Array.from({ length: RATE_HZ }, (_, at) => 8000 * Math.sin(at / 10));
    await this.decoder.start(noise).text;
  }

  async close(): Promise<void> {
    for (const stream of [...this.#streams]) stream.close();
    await this.decoder.close();
  }
}
