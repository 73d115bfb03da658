/**
 * OpenSIPS as far as its MI and its events go: answers commands with captured datagrams, raises captured events byte
 * for byte, each from a port of its own, loses, repeats and delays datagrams, goes away and comes back.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { calm, seeded, through, type Weather } from './weather.js';

/** A captured datagram, seen from `dist/test/support`. */
export const captured = (name: string): Buffer =>
  readFileSync(new URL(`../../../test/fixtures/opensips/${name}.datagram`, import.meta.url));

/** A captured event of another session, made one of `key`. */
export function capturedFor(name: string, key: string): Buffer {
  const bytes = captured(`event-${name}`).toString('latin1');
  return Buffer.from(bytes.replace(/"key":"[^"]+"/, `"key":"${key}"`), 'latin1');
}

export interface MiRequest {
  id: string;
  method: string;
  params: Record<string, unknown>;
}

/** The request of a capture. */
export const capturedRequest = (name: string): MiRequest => JSON.parse(captured(`mi-request-${name}`).toString());

type Answer = string | ((request: MiRequest) => string);

const defaults: Readonly<Record<string, string>> = {
  event_subscribe: 'event-subscribe-ok',
  ua_session_list: 'ua-session-list-empty',
  ua_session_reply: 'ua-session-reply-ok',
  ua_session_terminate: 'ua-session-terminate-ok',
  ua_session_update: 'ua-session-update-ok',
  ua_session_client_start: 'ua-session-client-start-ok',
};

export class OpenSipsStandIn {
  readonly #answers = new Map<string, Answer>(Object.entries(defaults));
  readonly #received: MiRequest[] = [];
  readonly #waiting = new Set<() => void>();
  #socket: Socket = createSocket('udp4');
  #port = 0;
  #listening = false;
  #subscriber: { ip: string; port: number } | undefined;
  /** So many answers are lost from now on. */
  loseAnswers = 0;
  /** What happens to commands, to their answers and to events. */
  weather: Weather = calm;
  random: () => number = seeded(1);

  static async start(): Promise<OpenSipsStandIn> {
    const standIn = new OpenSipsStandIn();
    await standIn.comeBack();
    return standIn;
  }

  get port(): number {
    return this.#port;
  }

  /** Answers `method` from now on with the captured response `answer`, or with what the function makes. */
  answer(method: string, answer: Answer): void {
    this.#answers.set(method, answer);
  }

  #take(text: string, from: AddressInfo | { address: string; port: number }): void {
    const request = JSON.parse(text) as MiRequest;
    this.#received.push(request);
    const { event, socket } = request.params ?? {};
    if (event === 'E_UA_SESSION') this.#subscribed(String(socket));
    for (const look of this.#waiting) look();
    if (this.loseAnswers-- > 0) return;
    this.loseAnswers = 0;
    const answer = this.#answers.get(request.method) ?? 'method-not-found';
    const response = typeof answer === 'string' ? answered(answer, request) : answer(request);
    through(this.weather, this.random, () => this.#answer(response, from));
  }

  /** It may have gone away meanwhile. */
  #answer(response: string, { port, address }: { port: number; address: string }): void {
    if (this.#listening) this.#socket.send(response, port, address);
  }

  #subscribed(socket: string): void {
    const [, ip = '', port] = /^udp:(.+):(\d+)$/.exec(socket) ?? [];
    this.#subscriber = { ip, port: Number(port) };
  }

  /** The next request of this method that nobody took yet; waits for it. */
  async next(method: string): Promise<MiRequest> {
    for (;;) {
      const at = this.#received.findIndex((request) => request.method === method);
      const [request] = at < 0 ? [] : this.#received.splice(at, 1);
      if (request) return request;
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }

  /** Methods that came and that nobody took, in order. */
  get untaken(): string[] {
    return this.#received.map(({ method }) => method);
  }

  /** Raises an event, from a port of its own as each worker process of OpenSIPS does. */
  async raise(datagram: Buffer | string, times = 1): Promise<void> {
    const { ip, port } = this.#subscriber ?? {};
    if (port === undefined) throw new Error('nobody subscribed');
    const bytes = typeof datagram === 'string' ? captured(`event-${datagram}`) : datagram;
    const socket = createSocket('udp4');
    for (let time = 0; time < times; time++) {
      await new Promise<void>((resolve) => socket.send(bytes, port, ip, () => resolve()));
    }
    socket.close();
  }

  /** Raises an event as the weather lets it. */
  toss(datagram: Buffer): void {
    through(this.weather, this.random, () => void this.raise(datagram).catch(() => undefined));
  }

  /** The same from a stranger's address. */
  async raiseFrom(address: string, name: string, port: number): Promise<void> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    await new Promise<void>((resolve) => socket.send(captured(`event-${name}`), port, '127.0.0.1', () => resolve()));
    socket.close();
  }

  /** The process ends: its port is closed, and its subscribers are forgotten. */
  async goAway(): Promise<void> {
    this.#subscriber = undefined;
    this.#listening = false;
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  async comeBack(): Promise<void> {
    this.#socket = createSocket('udp4');
    this.#socket.on('message', (datagram, from) =>
      through(this.weather, this.random, () => this.#take(datagram.toString(), from)),
    );
    this.#socket.bind(this.#port, '127.0.0.1');
    await once(this.#socket, 'listening');
    this.#port = this.#socket.address().port;
    this.#listening = true;
  }
}

/** A captured response with the id of this request. */
export const answered = (name: string, { id }: MiRequest): string =>
  captured(`mi-response-${name}`)
    .toString()
    .replace(/"id":"[^"]*"/, `"id":${JSON.stringify(id)}`);
