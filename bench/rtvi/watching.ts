/** The same calls with RTVI off, and with nobody, one, twenty and harmful clients watching: pacing, and how soon a client knows. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EventLine } from '../../src/cli/event-lines.js';
import { monotonicNs } from '../../src/clock.js';
import type { Bench, Contender, Metrics } from '../bench.js';
import { soakThrough } from '../engine/soak-run.js';
import { speakWords } from '../engine/soak-words.js';
import { preloading } from '../preloading.js';
import { openRtvi, type RtviClient } from './client.js';
import { Troublemakers } from './troublemakers.js';

const calls = 50;
const minutes = { quick: 0.4, whole: 0.7 };
/** What is timed: it comes once an utterance, so that which one a client tells of is plain. */
const timed = 'user-started-speaking';

/** The servers that `run` starts write into `file` when they send `timed`. */
const stamping = <Result>(file: string, run: () => Promise<Result>): Promise<Result> =>
  preloading(
    new URL('./socket-stamps.js', import.meta.url).href,
    { OAVC_BENCH_STAMPS: file, OAVC_BENCH_STAMPED: `"type":"${timed}"` },
    run,
  );

/** When the n-th such message was sent to a client, by the client's port. */
function readStamps(file: string): Map<number, bigint[]> {
  const sent = new Map<number, bigint[]>();
  if (!existsSync(file)) return sent;
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const [port, atNs] = line.split(' ');
    sent.set(Number(port), [...(sent.get(Number(port)) ?? []), BigInt(atNs ?? 0)]);
  }
  return sent;
}

interface Arrival {
  callId: string;
  /** The client's, and which message of its connection it was. */
  port: number;
  nth: number;
  atNs: bigint;
}

/** One client for each of the first calls, as long as the call lasts. */
class Watchers {
  readonly #clients = new Map<string, Pick<RtviClient, 'close'>>();
  /** When it happened, by call. */
  readonly #happenedNs = new Map<string, bigint[]>();
  readonly #reached: Arrival[] = [];
  #opened = 0;

  constructor(
    readonly count: number,
    readonly stamps: string,
  ) {}

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
    let nth = 0;
    const client = await openRtvi(port, `?call=${encodeURIComponent(callId)}`, ({ type }, localPort) => {
      if (type === timed) this.#reached.push({ callId, port: localPort, nth: nth++, atNs: monotonicNs() });
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
    for (const callId of this.#clients.keys()) this.#close(callId);
    if (this.count === 0) return {};
    const sent = readStamps(this.stamps);
    const found = this.#reached.flatMap(({ callId, port, nth, atNs }) => {
      const sentNs = sent.get(port)?.[nth];
      const happenedNs = this.#happenedNs.get(callId)?.findLast((each) => each <= (sentNs ?? atNs));
      return happenedNs === undefined || sentNs === undefined ? [] : [{ happenedNs, sentNs, atNs }];
    });
    return {
      'clients that watched': this.#opened,
      'events at clients': found.length,
      ...spread(
        'event to socket',
        found.map(({ happenedNs, sentNs }) => sentNs - happenedNs),
      ),
      ...spread(
        'socket to client',
        found.map(({ sentNs, atNs }) => atNs - sentNs),
      ),
      ...spread(
        'event to client',
        found.map(({ happenedNs, atNs }) => atNs - happenedNs),
      ),
    };
  }
}

function spread(name: string, ns: readonly bigint[]): Metrics {
  const ms = ns.map((each) => Number(each) / 1e6).sort((a, b) => a - b);
  const at = (share: number): number => ms[Math.floor(ms.length * share)] ?? Number.NaN;
  return { [`${name} p50 ms`]: at(0.5), [`${name} p99 ms`]: at(0.99) };
}

const contender = (name: string, rtvi: boolean, count: number, trouble = false): Contender => ({
  name,
  run: async ({ quick }) => {
    const stamps = join(mkdtempSync(join(tmpdir(), 'oavc-stamps-')), 'stamps');
    const watchers = new Watchers(count, stamps);
    let troublemakers: Troublemakers | undefined;
    const options = { minutes: quick ? minutes.quick : minutes.whole, words: await speakWords(calls), rtvi };
    const seen = await stamping(stamps, () =>
      soakThrough(options, (line, port) => {
        watchers.take(line, port);
        if (trouble && port > 0) troublemakers ??= new Troublemakers(port);
      }),
    );
    troublemakers?.close();
    const told = watchers.read();
    rmSync(dirname(stamps), { recursive: true, force: true });
    const chosen = ['cpu % of the server', 'pacing p99 us', 'late, not by the host', 'answers missed'];
    return {
      ...Object.fromEntries(chosen.map((key) => [key, seen[key] ?? Number.NaN])),
      ...told,
      ...(troublemakers && { 'messages of rubbish': troublemakers.thrown }),
    };
  },
});

export const watching: Bench = {
  title: 'RTVI on against off',
  about: [
    `${calls} calls of the soak through the real server. *Pacing*: the mean of the calls' p99. *Event to client*: from a`,
    '`user-started-speaking` in the speech worker to the client that has the call in focus, in the process that also makes',
    'the calls. *Event to socket* is our part of it: until the server hands the message to the WebSocket library.',
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
    { of: 'twenty', metric: 'event to socket p99 ms', atMost: 1 },
    { of: 'twenty and harm', metric: 'pacing p99 us', against: 'off', ratio: 1.25, plus: 50 },
    { of: 'twenty and harm', metric: 'answers missed', against: 'off', ratio: 1, plus: 1 },
  ],
};
