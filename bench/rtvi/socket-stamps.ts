/**
 * Loaded into the server of a bench (`node --import`): notes when it gives a message to a client's socket. The notes are
 * written at the end, so that taking them costs next to nothing: lines of the client's port and CLOCK_MONOTONIC, ns.
 */
import { appendFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { WebSocket } from 'ws';

const file = process.env.OAVC_BENCH_STAMPS;
const wanted = process.env.OAVC_BENCH_STAMPED ?? '';

function stampInto(path: string): void {
  const stamps: string[] = [];
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (this: WebSocket & { _socket?: Socket }, data: unknown, ...rest: unknown[]) {
    if (typeof data === 'string' && data.includes(wanted))
      stamps.push(`${this._socket?.remotePort} ${process.hrtime.bigint()}`);
    Reflect.apply(send, this, [data, ...rest]);
  };
  process.on('exit', () => {
    if (stamps.length > 0) appendFileSync(path, `${stamps.join('\n')}\n`);
  });
}

if (isMainThread && file !== undefined) stampInto(file);
