/** Clients that harm: one that stops reading, and one that floods the server with rubbish, again and again. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { openRtvi, rtviText } from './client.js';

/** Messages that one connection throws before it looks whether it was cut off. */
const volley = 500;

/** Neither JSON, nor a message, nor one that is there, nor small. */
const rubbish = [
  '{',
  '[]',
  rtviText('no-such-type', 'x', {}),
  rtviText('update-config', 'x', { config: 1 }),
  'x'.repeat(60_000),
];

export class Troublemakers {
  #ended = false;
  #thrown = 0;
  #stalled: { close(): void } | undefined;

  constructor(readonly port: number) {
    void this.#stall();
    void this.#flood();
  }

  /** Messages of rubbish that were sent. */
  get thrown(): number {
    return this.#thrown;
  }

  async #stall(): Promise<void> {
    const client = await openRtvi(this.port, '', () => undefined);
    client.socket.pause();
    this.#stalled = client;
    if (this.#ended) client.close();
  }

  async #flood(): Promise<void> {
    while (!this.#ended) await this.#oneFlood();
  }

  /** Until the server cuts it off, or has borne it for a second. */
  async #oneFlood(): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/rtvi`);
    socket.on('error', () => undefined);
    socket.on('open', () => this.#throw(socket));
    await once(socket, 'close', { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    socket.terminate();
  }

  #throw(socket: WebSocket): void {
    for (let n = 0; n < volley; n++) socket.send(rubbish[n % rubbish.length] ?? '');
    this.#thrown += volley;
  }

  close(): void {
    this.#ended = true;
    this.#stalled?.close();
  }
}
