/** A bare WebSocket echo that parses what it sends back. Prints its port, runs until its input ends. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (socket) => {
  socket.on('message', (octets: Buffer) => socket.send(JSON.stringify(JSON.parse(octets.toString()))));
});
server.on('listening', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
