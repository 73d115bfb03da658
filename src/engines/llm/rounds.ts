/**
 * Gaps between llama.cpp's rounds. As long as anybody has a token to read, node-llama-cpp goes from round to round and
 * lets nobody at the context, so that a call that must wind its cache back would wait until the others have nothing
 * more to say. Here who reads or generates pauses between two tokens for those who wait at that moment.
 */
import type { LlamaContextSequence } from 'node-llama-cpp';

/** Tokens of a prompt that are read without a gap. */
const sliceTokens = 64;

export class Rounds {
  readonly #waiting = new Set<Promise<unknown>>();

  /** Does what needs the context when nobody is in a round. */
  inGap<T>(work: () => Promise<T>): Promise<T> {
    const done = work();
    const settled: Promise<unknown> = done.catch(() => undefined).finally(() => this.#waiting.delete(settled));
    this.#waiting.add(settled);
    return done;
  }

  /** Lets those go first who wait now. */
  async gap(): Promise<void> {
    await Promise.all(this.#waiting);
  }

  /** Makes the sequence give way to others, and others to it. */
  share(sequence: LlamaContextSequence): LlamaContextSequence {
    this.#waitForGaps(sequence);
    this.#leaveGaps(sequence);
    return sequence;
  }

  #waitForGaps(sequence: LlamaContextSequence): void {
    const adapt = sequence.adaptStateToTokens.bind(sequence);
    const erase = sequence.eraseContextTokenRanges.bind(sequence);
    const save = sequence.saveStateToFile.bind(sequence);
    const load = sequence.loadStateFromFile.bind(sequence);
    sequence.adaptStateToTokens = (...given) => this.inGap(() => adapt(...given));
    sequence.eraseContextTokenRanges = (...given) => this.inGap(() => erase(...given));
    sequence.saveStateToFile = (...given) => this.inGap(() => save(...given));
    sequence.loadStateFromFile = (...given) => this.inGap(() => load(...given));
  }

  #leaveGaps(sequence: LlamaContextSequence): void {
    const leave = () => this.gap();
    const read = sequence.evaluateWithoutGeneratingNewTokens.bind(sequence);
    const evaluate = sequence.evaluate.bind(sequence);

    const readInSlices: typeof read = async (tokens, options) => {
      for (let from = 0; from < tokens.length; from += sliceTokens) {
        await leave();
        await read(tokens.slice(from, from + sliceTokens), options);
      }
    };

    sequence.evaluateWithoutGeneratingNewTokens = readInSlices;
    sequence.evaluate = async function* (tokens, options) {
      const ahead = tokens.slice(0, -sliceTokens);
      const { evaluationPriority } = options ?? {};
      await readInSlices(ahead, evaluationPriority === undefined ? {} : { evaluationPriority });
      await leave();
      const iterator = evaluate(tokens.slice(ahead.length), options);
      try {
        for (let given: Parameters<typeof iterator.next>[0]; ; ) {
          const { value, done } = await iterator.next(given);
          if (done || value === undefined) return;
          given = yield value;
          await leave();
        }
      } finally {
        await iterator.return();
      }
    };
  }
}
