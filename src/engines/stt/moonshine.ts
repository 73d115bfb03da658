/**
 * Moonshine through sherpa-onnx: English, not streaming. An utterance is collected and decoded whole; `pause` decodes
 * ahead, and `finish` uses that when only silence came after it. Price: most of a decode is a fixed cost (about half
 * a second of CPU), and each one that runs takes 300 MB, so all calls of a worker queue up for one decoder.
 */
import sherpa, { type OfflineRecognizer } from 'sherpa-onnx-node';
import { fault } from '../../errors.js';
import type { EngineOptions, SttEngine, SttStream, Transcript } from '../engine.js';
import { numberOption, textOption } from '../options.js';
import { SerialQueue } from '../serial-queue.js';
import { isTailQuiet, trimSilence } from './silence.js';

const RATE_HZ = 16000;
/** The model was trained on pieces up to about this long; longer utterances are decoded in pieces. */
const PIECE_SAMPLES = 30 * RATE_HZ;
/** Pieces of one utterance that may wait: five minutes, then the rest is refused. */
const PIECES_LIMIT = 10;
/** Shorter input makes the encoder's convolutions fail: padded with silence. */
const SHORTEST_SAMPLES = RATE_HZ / 2;
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

/** Gives up a decode that has not begun; a running one cannot be stopped, its result is dropped. */
interface Decode {
  text: Promise<string>;
  cancel(): void;
}

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
    const padded = new Float32Array(Math.max(samples.length, SHORTEST_SAMPLES));
    for (const [at, sample] of samples.entries()) padded[at] = sample / 32768;
    const stream = this.recognizer.createStream();
    stream.acceptWaveform({ samples: padded, sampleRate: RATE_HZ });
    return (await this.recognizer.decodeAsync(stream)).text.trim();
  }
}

class Moonshine implements SttEngine {
  readonly capabilities = { streaming: false, confidence: false, languages: ['en'] };
  readonly #streams = new Set<MoonshineStream>();
  constructor(private readonly decoder: Decoder) {}

  get openStreams(): number {
    return this.#streams.size;
  }

  open({ language }: { language: string }): SttStream {
    if (language !== 'en') throw fault('ENGINE_FAILED', 'moonshine', `it knows English (en), not ${language}`);
    const stream = new MoonshineStream(this.decoder, () => this.#streams.delete(stream));
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

class MoonshineStream implements SttStream {
  #samples = new Int16Array(PIECE_SAMPLES);
  #length = 0;
  #pieces: Decode[] = [];
  #ahead: { length: number; decode: Decode } | undefined;
  #closed = false;

  constructor(
    private readonly decoder: Decoder,
    private readonly onClose: () => void,
  ) {}

  accept(samples: Int16Array): void {
    for (let rest = samples; rest.length > 0 && !this.#closed; ) {
      const taken = rest.subarray(0, PIECE_SAMPLES - this.#length);
      this.#samples.set(taken, this.#length);
      this.#length += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#length === PIECE_SAMPLES) this.#cut();
    }
  }

  pause(): void {
    if (this.#closed || this.#length === 0 || this.#ahead?.length === this.#length) return;
    this.#dropAhead();
    this.#ahead = { length: this.#length, decode: this.decoder.start(this.#heard()) };
  }

  async finish(): Promise<Transcript> {
    if (this.#closed) throw fault('ENGINE_FAILED', 'moonshine', 'the stream is closed');
    const pieces = [...this.#pieces, this.#last()];
    this.#pieces = [];
    this.#length = 0;
    const texts = await Promise.all(pieces.map((piece) => piece.text));
    return { text: texts.filter((text) => text !== '').join(' '), confidence: undefined };
  }

  reset(): void {
    this.#dropAhead();
    for (const piece of this.#pieces.splice(0)) piece.cancel();
    this.#length = 0;
  }

  close(): void {
    this.reset();
    this.#closed = true;
    this.#samples = new Int16Array(0);
    this.onClose();
  }

  #heard(): Int16Array {
    return this.#samples.subarray(0, this.#length);
  }

  /** The decode of what is left: the one begun at the pause, when the caller said nothing after it. */
  #last(): Decode {
    const ahead = this.#ahead;
    if (ahead !== undefined && isTailQuiet(this.#heard(), ahead.length)) {
      this.#ahead = undefined;
      return ahead.decode;
    }
    this.#dropAhead();
    return this.decoder.start(this.#heard());
  }

  #cut(): void {
    this.#dropAhead();
    if (this.#pieces.length < PIECES_LIMIT) this.#pieces.push(this.decoder.start(this.#heard()));
    this.#length = 0;
  }

  #dropAhead(): void {
    this.#ahead?.decode.cancel();
    this.#ahead = undefined;
  }
}
