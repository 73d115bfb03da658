/**
 * libvosk through koffi: the C functions that the recogniser uses, as blocking and as asynchronous calls. An
 * asynchronous call runs on libuv's threads; two at once on one recogniser are undefined behaviour, so callers queue.
 * Kaldi aborts the process when a model's graph is broken: try a model in a child process first (probe.ts).
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type KoffiFunc, type LibraryHandle, load } from 'koffi';
import { fault, reasonOf } from '../../errors.js';

/** Address of a native object; koffi gives null for a null pointer. */
type Handle = bigint | null;

export interface Libvosk {
  modelNew: KoffiFunc<(path: string) => Handle>;
  modelFree: KoffiFunc<(model: bigint) => void>;
  recognizerNew: KoffiFunc<(model: bigint, rateHz: number) => Handle>;
  recognizerFree: KoffiFunc<(recognizer: bigint) => void>;
  setWords: KoffiFunc<(recognizer: bigint, on: number) => void>;
  /** 1: an endpoint was reached, `result` has its words; 0: more is wanted; -1: the audio was refused. */
  acceptWaveform: KoffiFunc<(recognizer: bigint, samples: Int16Array, count: number) => number>;
  result: KoffiFunc<(recognizer: bigint) => string>;
  partialResult: KoffiFunc<(recognizer: bigint) => string>;
  finalResult: KoffiFunc<(recognizer: bigint) => string>;
  reset: KoffiFunc<(recognizer: bigint) => void>;
}

const FILES: Readonly<Record<string, string>> = {
  linux: 'linux-x86_64/libvosk.so',
  darwin: 'osx-universal/libvosk.dylib',
  win32: 'win-x86_64/libvosk.dll',
};

/** The library in the npm package `vosk` for this platform. */
function packagedLibrary(): string {
  const file = FILES[process.platform];
  if (file === undefined) throw fault('ENGINE_FAILED', 'vosk', `there is no libvosk for ${process.platform}`);
  return join(dirname(createRequire(import.meta.url).resolve('vosk/package.json')), 'lib', file);
}

/** Runs a function on libuv's threads; the promise settles when it returned. */
export function inBackground<A extends unknown[], R>(call: KoffiFunc<(...args: A) => R>, ...args: A): Promise<R> {
  return new Promise((resolve, reject) => {
    const done = (error: unknown, result: R): void => (error ? reject(error) : resolve(result));
    call.async(...args, done);
  });
}

/** Loads libvosk from `path`, or from the npm package. Throws ENGINE_FAILED. */
export function loadLibvosk(path?: string): Libvosk {
  try {
    return bind(load(path ?? packagedLibrary()));
  } catch (error) {
    throw fault('ENGINE_FAILED', 'vosk', `libvosk cannot be loaded: ${reasonOf(error)}`);
  }
}

function bind(library: LibraryHandle): Libvosk {
  library.func('void vosk_set_log_level(int level)')(-1);
  return {
    modelNew: library.func('void *vosk_model_new(const char *path)'),
    modelFree: library.func('void vosk_model_free(void *model)'),
    recognizerNew: library.func('void *vosk_recognizer_new(void *model, float rate)'),
    recognizerFree: library.func('void vosk_recognizer_free(void *recognizer)'),
    setWords: library.func('void vosk_recognizer_set_words(void *recognizer, int on)'),
    acceptWaveform: library.func(
      'int vosk_recognizer_accept_waveform_s(void *recognizer, const int16_t *samples, int count)',
    ),
    result: library.func('const char *vosk_recognizer_result(void *recognizer)'),
    partialResult: library.func('const char *vosk_recognizer_partial_result(void *recognizer)'),
    finalResult: library.func('const char *vosk_recognizer_final_result(void *recognizer)'),
    reset: library.func('void vosk_recognizer_reset(void *recognizer)'),
  };
}
