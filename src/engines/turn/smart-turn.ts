/**
 * smart-turn v3 (a Whisper encoder with a head that tells whether a turn is complete, 23 languages). A pause is judged
 * in a thread of its own; when many calls pause at once, the latest ones go without: their words decide.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { fault, reasonOf } from '../../errors.js';
import type { EngineOptions, TurnEngine } from '../engine.js';
import { textOption } from '../options.js';
import { windowSamples } from './log-mel.js';

/** Pauses that may wait for the thread: more would be answered when their silence is over. */
const queueLimit = 4;

/** Options: `model` (path of the .onnx). Throws ENGINE_FAILED. */
export async function openSmartTurn(options: EngineOptions): Promise<TurnEngine> {
  const pool = new Piscina<Int16Array, number>({
    filename: fileURLToPath(new URL('./smart-turn-task.js', import.meta.url)),
    workerData: { model: textOption('smart-turn', options, 'model') },
    minThreads: 1,
    maxThreads: 1,
    maxQueue: queueLimit,
    // A pool that sleeps on shared memory would keep the thread's event loop from running.
    atomics: 'disabled',
  });
  return new SmartTurn(pool);
}

class SmartTurn implements TurnEngine {
  readonly windowSamples = windowSamples;
  constructor(private readonly pool: Piscina<Int16Array, number>) {}

  async completion(samples: Int16Array): Promise<number | undefined> {
    if (this.pool.queueSize >= queueLimit) return undefined;
    return this.pool.run(samples);
  }

  async warmUp(): Promise<void> {
    try {
      await this.pool.run(new Int16Array(windowSamples));
    } catch (thrown) {
      throw fault('ENGINE_FAILED', 'smart-turn', reasonOf(thrown));
    }
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}
