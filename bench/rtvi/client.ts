/** An RTVI client of the benches: takes the handshake, then hands over what comes. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

export interface RtviMessage {
  type: string;
  id?: string;
  data?: Record<string, unknown>;
}

export interface RtviClient {
  socket: WebSocket;
  close(): void;
}

export const rtviText = (type: string, id: string, data: object): string =>
  JSON.stringify({ label: 'rtvi-ai', type, id, data });

/** Resolves once the server has said that it is ready. `query` chooses the focus. */
export async function openRtvi(
  port: number,
  query: string,
  onMessage: (message: RtviMessage, localPort: number) => void,
): Promise<RtviClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rtvi${query}`);
  await once(socket, 'open');
  const { localPort = 0 } = (socket as WebSocket & { _socket: Socket })._socket;
  const ready = new Promise<void>((resolve) => {
    socket.on('message', (octets: Buffer) => {
      const message = JSON.parse(octets.toString()) as RtviMessage;
      if (message.type === 'bot-ready') resolve();
      onMessage(message, localPort);
    });
  });
  socket.send(rtviText('client-ready', 'ready', { version: '1.2.0', about: { library: 'bench' } }));
  await ready;
  return { socket, close: () => socket.terminate() };
}
