/**
 * One sentence by espeak-ng (WebAssembly), as a task of a piscina pool: the synthesis is one synchronous step of 5 to
 * 80 ms, which a thread that serves calls must not spend.
 */
import load from '@echogarden/espeak-ng-emscripten';
import { move, transferableSymbol, valueSymbol } from 'piscina';

export interface EspeakTask {
  text: string;
  /** An espeak voice, by language ("en-us") or by name. */
  voice: string;
  rateWpm: number;
}

/** Not `known`: espeak does not have the voice, and said nothing. */
export interface EspeakSpeech {
  samples: Float32Array;
  rateHz: number;
  known: boolean;
}

/** A text that would become more than a minute is cut there. */
const longestSeconds = 60;

const { eSpeakNGWorker } = await load();
const espeak = new eSpeakNGWorker();
const rateHz = espeak.get_samplerate();
/** Voices go by a language or by a name. */
const voices = new Set(
  espeak.list_voices().flatMap(({ name, languages }) => [name, ...languages.map((language) => language.name)]),
);

/** espeak answers 0 to a voice that it does not have, and stays silent: hence the list. */
const select = (voice: string): boolean => voices.has(voice) && espeak.set_voice(voice, '', 0, 0, 0) === 0;

function chunksOf(text: string): Int16Array[] {
  const chunks: Int16Array[] = [];
  let left = longestSeconds * rateHz;
  espeak.synthesize(text, (samples) => {
    if (samples !== null && samples.length > 0) chunks.push(samples);
    left -= samples?.length ?? 0;
    return left <= 0;
  });
  return chunks;
}

/** Samples in -1..1; moved to the caller, not copied. */
export default function speak({ text, voice, rateWpm }: EspeakTask) {
  const known = select(voice);
  espeak.set_rate(rateWpm);
  const chunks = known ? chunksOf(text) : [];
  const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) for (const sample of chunk) samples[at++] = sample / 32768;
  return move(new Moved({ samples, rateHz, known }));
}

/** What piscina transfers instead of copying. */
class Moved {
  constructor(readonly speech: EspeakSpeech) {}
  get [transferableSymbol](): object {
    return this.speech.samples.buffer;
  }
  get [valueSymbol](): EspeakSpeech {
    return this.speech;
  }
}
