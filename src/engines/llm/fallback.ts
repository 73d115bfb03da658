/** A language engine with another behind it: what the first cannot answer, the second does, for a while without asking. */
import { monotonicNs } from '../../clock.js';
import type { OavcError } from '../../errors.js';
import type {
  ChatMessage,
  GenerateOptions,
  Generation,
  LlmEngine,
  LlmSequence,
  PromptPrefix,
  ToolSpec,
} from '../engine.js';

/** After a failure the first engine is left in peace for so long. */
const restNs = 30_000_000_000n;

export class FallbackLlm implements LlmEngine {
  #restUntilNs = 0n;

  constructor(
    private readonly first: LlmEngine,
    private readonly second: LlmEngine,
    private readonly onFailure: (reason: unknown) => void,
  ) {}

  get openSequences(): number {
    return this.first.openSequences + this.second.openSequences;
  }
  get impaired(): OavcError | undefined {
    return this.second.impaired ?? this.first.impaired;
  }
  get #resting(): boolean {
    return monotonicNs() < this.#restUntilNs;
  }

  async open(): Promise<LlmSequence> {
    return new FallbackSequence(this.first, this.second, {
      resting: () => this.#resting,
      failed: (reason) => {
        this.#restUntilNs = monotonicNs() + restNs;
        this.onFailure(reason);
      },
    });
  }

  /** The first may be away at the start: that is what the second is for. */
  async warmUp(prefixes?: readonly PromptPrefix[]): Promise<void> {
    await this.second.warmUp(prefixes);
    await this.first.warmUp(prefixes).catch((thrown: unknown) => this.onFailure(thrown));
  }

  async close(): Promise<void> {
    await Promise.all([this.first.close(), this.second.close()]);
  }
}

interface Watch {
  resting(): boolean;
  failed(reason: unknown): void;
}

class FallbackSequence implements LlmSequence {
  readonly #opened = new Map<LlmEngine, Promise<LlmSequence>>();
  #closed = false;

  constructor(
    private readonly first: LlmEngine,
    private readonly second: LlmEngine,
    private readonly watch: Watch,
  ) {}

  /** A sequence of the second is taken only when it is needed. */
  #of(engine: LlmEngine): Promise<LlmSequence> {
    const opened = this.#opened.get(engine) ?? engine.open();
    this.#opened.set(engine, opened);
    opened.catch(() => this.#opened.delete(engine));
    return opened;
  }

  async prepare(messages: readonly ChatMessage[], tools?: readonly ToolSpec[]): Promise<void> {
    const engine = this.watch.resting() ? this.second : this.first;
    await (await this.#of(engine)).prepare(messages, tools);
  }

  /** Only an answer of which nothing has come is given to the second. */
  async generate(messages: readonly ChatMessage[], options: GenerateOptions): Promise<Generation> {
    if (this.watch.resting()) return (await this.#of(this.second)).generate(messages, options);
    let begun = false;
    const onText = (text: string) => {
      begun = true;
      options.onText(text);
    };
    try {
      return await (await this.#of(this.first)).generate(messages, { ...options, onText });
    } catch (thrown) {
      if (this.#closed || begun || options.signal.aborted) throw thrown;
      this.watch.failed(thrown);
      return (await this.#of(this.second)).generate(messages, options);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(
      [...this.#opened.values()].map((opened) =>
        opened.then(
          (sequence) => sequence.close(),
          () => {},
        ),
      ),
    );
  }
}
