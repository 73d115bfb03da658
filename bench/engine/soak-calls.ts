/** Keeps so many calls up for a while: each is placed by SIP, converses, ends, and is placed anew. */
import { Negotiation } from '../../src/call/negotiate.js';
import { monotonicNs } from '../../src/clock.js';
import type { Config } from '../../src/config/schema.js';
import { reasonOf } from '../../src/errors.js';
import type { Signalling } from '../../src/signalling/leg.js';
import type { Metrics } from '../bench.js';
import type { Program } from '../program.js';
import { pitchHz } from './soak-server.js';

export interface SoakPlan {
  /** Of the server. */
  sipPort: number;
  firstLocalPort: number;
  untilNs: bigint;
  /** Samples of the utterance of each call. */
  samples: number[];
}

const shortestS = 40;
const spreadS = 41;

export class SoakCalls {
  /** Sums over all calls that ended, as the callers heard them. */
  readonly heard: Metrics = {};
  made = 0;
  cut = 0;
  /** Why the first call that was cut was cut. */
  cause = '';
  #stopped = false;
  #over = (): void => undefined;
  /** Ends every wait for the end of a call. */
  readonly #end = new Promise<void>((resolve) => {
    this.#over = resolve;
  });

  constructor(
    readonly config: Config,
    readonly signalling: Signalling,
    readonly callers: Program,
    readonly plan: SoakPlan,
  ) {}

  /** Resolves when the time is over, or `stop` was called, and every call has ended. */
  async run(): Promise<void> {
    const leftMs = Number(this.plan.untilNs - monotonicNs()) / 1e6;
    const timer = setTimeout(() => this.stop(), leftMs);
    await Promise.all(this.plan.samples.map((_, call) => this.#keep(call)));
    clearTimeout(timer);
  }

  /** The calls that run end now, and no other begins. */
  stop(): void {
    this.#stopped = true;
    this.#over();
  }

  async #keep(call: number): Promise<void> {
    for (let round = 0; !this.#stopped; round++) {
      try {
        await this.#place(call, round);
        this.made++;
      } catch (thrown) {
        this.#cutBy(reasonOf(thrown));
      }
    }
  }

  #cutBy(cause: string): void {
    this.cut++;
    this.cause ||= cause;
  }

  async #place(call: number, round: number): Promise<void> {
    const { sipPort, firstLocalPort, samples } = this.plan;
    const negotiation = new Negotiation(this.config, firstLocalPort + 2 * call);
    const leg = await this.signalling.place(`sip:soak-${call}@127.0.0.1:${sipPort}`, 'soak', negotiation.offer());
    const cut = new Promise<void>((resolve) => {
      leg.handle({
        onEnded: (end, detail) => {
          this.#cutBy(`${end} ${detail}`);
          resolve();
        },
        onReoffer: async () => leg.remoteSdp,
        onDigit: () => undefined,
      });
    });
    const { remotePort } = negotiation.accept(leg.remoteSdp);
    this.callers.tell(`call ${call} ${remotePort} ${pitchHz(call)} ${samples[call]}`);
    // The first calls end at different times, so that later ones begin at different times.
    const lifeS = round === 0 ? 10 + ((call * 17) % 61) : shortestS + ((call * 7 + round * 13) % spreadS);
    await Promise.race([cut, this.#end, elapsed(lifeS * 1000)]);
    this.callers.tell(`end ${call}`);
    this.#add(JSON.parse(await this.callers.line()) as Metrics);
    await leg.hangup();
  }

  #add(call: Metrics): void {
    for (const [name, value] of Object.entries(call)) {
      const before = this.heard[name] ?? 0;
      const isSum = !/Ms$|^host/.test(name);
      this.heard[name] = isSum ? before + value : Math.max(before, value);
    }
  }
}

const elapsed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
