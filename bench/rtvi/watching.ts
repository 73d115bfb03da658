/** The same calls with RTVI off, and with nobody, one, twenty and harmful clients watching: pacing, and how soon a client knows. */
import type { EventLine } from '../../src/cli/event-lines.js';
import { monotonicNs } from '../../src/clock.js';
import type { Bench, Contender, Metrics } from '../bench.js';
import { soakThrough } from '../engine/soak-run.js';
import { speakWords } from '../engine/soak-words.js';
import { openRtvi, type RtviClient } from './client.js';
import { Troublemakers } from './troublemakers.js';

const calls = 50;
const minutes = { quick: 0.4, whole: 0.7 };
/** What is timed: it comes once an utterance, so that which one a client tells of is plain. */
const timed = 'user-started-speaking';

/** One client for each of the first calls, as long as the call lasts. */
class Watchers {
  readonly #clients = new Map<string, Pick<RtviClient, 'close'>>();
  /** When it happened, by call. */
  readonly #happenedNs = new Map<string, bigint[]>();
  readonly #reached: { callId: string; atNs: bigint }[] = [];
  #opened = 0;

  constructor(readonly count: number) {}

  take(line: EventLine, port: number): void {
    if (line.type !== 'event') return;
    const { event } = line;
    const { callId } = event;
    if (event.type === 'call-started' && this.#clients.size < this.count) void this.#open(callId, port);
    if (event.type === 'call-ended') this.#close(callId);
    if (event.type === timed)
      this.#happenedNs.set(callId, [...(this.#happenedNs.get(callId) ?? []), BigInt(event.atNs)]);
  }

  async #open(callId: string, port: number): Promise<void> {
    this.#clients.set(callId, { close: () => undefined });
    this.#opened++;
    const client = await openRtvi(port, `?call=${encodeURIComponent(callId)}`, ({ type }) => {
      if (type === timed) this.#reached.push({ callId, atNs: monotonicNs() });
    });
    if (this.#clients.has(callId)) this.#clients.set(callId, client);
    else client.close();
  }

  #close(callId: string): void {
    this.#clients.get(callId)?.close();
    this.#clients.delete(callId);
  }

  /** An event and a message belong together when no other such event of the call lies between. */
  read(): Metrics {
    const ms = this.#reached.flatMap(({ callId, atNs }) => {
      const happened = this.#happenedNs.get(callId)?.findLast((each) => each <= atNs);
      return happened === undefined ? [] : [Number(atNs - happened) / 1e6];
    });
    for (const callId of this.#clients.keys()) this.#close(callId);
    if (this.count === 0) return {};
    ms.sort((a, b) => a - b);
    const at = (share: number): number => ms[Math.floor(ms.length * share)] ?? Number.NaN;
    return {
      'clients that watched': this.#opened,
      'events at clients': ms.length,
      'event to client p50 ms': at(0.5),
      'event to client p99 ms': at(0.99),
    };
  }
}

const contender = (name: string, rtvi: boolean, count: number, trouble = false): Contender => ({
  name,
  run: async ({ quick }) => {
    const watchers = new Watchers(count);
    let troublemakers: Troublemakers | undefined;
    const seen = await soakThrough(
      { minutes: quick ? minutes.quick : minutes.whole, words: await speakWords(calls), rtvi },
      (line, port) => {
        watchers.take(line, port);
        if (trouble && port > 0) troublemakers ??= new Troublemakers(port);
      },
    );
    troublemakers?.close();
    const chosen = ['cpu % of the server', 'pacing p99 us', 'late, not by the host', 'answers missed'];
    return {
      ...Object.fromEntries(chosen.map((key) => [key, seen[key] ?? Number.NaN])),
      ...watchers.read(),
      ...(troublemakers && { 'messages of rubbish': troublemakers.thrown }),
    };
  },
});

export const watching: Bench = {
  title: 'RTVI on against off',
  about: [
    `${calls} calls of the soak through the real server. *Pacing*: the mean of the calls' p99. *Event to client*: from a`,
    '`user-started-speaking` in the speech worker to the client that has the call in focus, in another process.',
    '*Harm*: besides, a client that stops reading, and floods of rubbish that the server cuts off.',
  ].join('\n'),
  trials: 1,
  contenders: [
    contender('off', false, 0),
    contender('nobody', true, 0),
    contender('one', true, 1),
    contender('twenty', true, 20),
    contender('twenty and harm', true, 20, true),
  ],
  goals: [
    { of: 'twenty', metric: 'pacing p99 us', against: 'off', ratio: 1.25, plus: 50 },
    { of: 'twenty', metric: 'event to client p99 ms', atMost: 1 },
    { of: 'twenty and harm', metric: 'pacing p99 us', against: 'off', ratio: 1.25, plus: 50 },
    { of: 'twenty and harm', metric: 'answers missed', against: 'off', ratio: 1, plus: 1 },
  ],
};
