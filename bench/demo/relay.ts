/**
 * A bad network between a caller and a server: a UDP relay that loses and delays what the caller sends, by a trace of a
 * fixed seed. What comes back passes unharmed.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Leg, Signalling } from '../../src/signalling/leg.js';

export interface Trace {
  /** Share of the packets that are lost, and how many in a row on average. */
  lossRatio: number;
  burstPackets: number;
  /** Standard deviation of the delay, milliseconds. */
  jitterMs: number;
}

const bindIp = '127.0.0.1';

/** 0..1, the same sequence each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Gilbert's model of loss, and a delay that is normal around three deviations; undefined for a lost packet. */
export function delaysOf({ lossRatio, burstPackets, jitterMs }: Trace, seed = 7): () => number | undefined {
  const random = seeded(seed);
  let losing = false;
  return () => {
    const turns = losing ? 1 / burstPackets : lossRatio / burstPackets / (1 - lossRatio);
    if (random() < turns) losing = !losing;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return losing ? undefined : Math.max(0, jitterMs * (3 + normal));
  };
}

/** The relay of one call: one socket faces the caller, the other the server. */
class Relay {
  readonly #caller: Socket = createSocket('udp4');
  readonly #server: Socket = createSocket('udp4');
  passed = 0;
  lost = 0;

  /** Ports that the caller and the server send to. */
  async open(): Promise<{ facingCaller: number; facingServer: number }> {
    this.#caller.bind(0, bindIp);
    this.#server.bind(0, bindIp);
    await Promise.all([once(this.#caller, 'listening'), once(this.#server, 'listening')]);
    return { facingCaller: this.#caller.address().port, facingServer: this.#server.address().port };
  }

  carry(callerPort: number, serverPort: number, trace: Trace): void {
    const delayOf = delaysOf(trace);
    this.#caller.on('message', (datagram) => {
      const delayMs = delayOf();
      if (delayMs === undefined) this.lost++;
      else {
        this.passed++;
        setTimeout(() => this.#server.send(datagram, serverPort, bindIp), delayMs);
      }
    });
    this.#server.on('message', (datagram) => this.#caller.send(datagram, callerPort, bindIp));
  }
}

export interface BadNetwork {
  /** Signalling whose placed calls send their audio through the relay: neither side knows the other's port. */
  through(signalling: Signalling): Signalling;
  /** So far. */
  counts(): { passed: number; lost: number };
}

const audioLine = /^m=audio (\d+)/m;
const portOf = (sdp: string): number => Number(audioLine.exec(sdp)?.[1]);
const withPort = (sdp: string, port: number): string => sdp.replace(audioLine, `m=audio ${port}`);

/** The same object with one member replaced. */
const withMember = <T extends object>(whole: T, name: keyof T, value: unknown): T =>
  new Proxy(whole, {
    get(target, wanted) {
      const found: unknown = wanted === name ? value : Reflect.get(target, wanted, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });

/** The sockets live as long as the process: a trial has one of its own. */
export function badNetwork(trace: Trace): BadNetwork {
  const relay = new Relay();
  const placed = async (signalling: Signalling, ...args: Parameters<Signalling['place']>): Promise<Leg> => {
    const [uri, from, offer, options] = args;
    const { facingCaller, facingServer } = await relay.open();
    const leg = await signalling.place(uri, from, withPort(offer, facingServer), options);
    relay.carry(portOf(offer), portOf(leg.remoteSdp), trace);
    return withMember(leg, 'remoteSdp', withPort(leg.remoteSdp, facingCaller));
  };
  return {
    through: (signalling) =>
      withMember(signalling, 'place', (...args: Parameters<Signalling['place']>) => placed(signalling, ...args)),
    counts: () => ({ passed: relay.passed, lost: relay.lost }),
  };
}
