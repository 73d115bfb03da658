/** What a message costs the server: an RTVI request with its answer against a bare WebSocket echo that parses JSON. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import type { Bench, Metrics, TrialOptions } from '../bench.js';
import { startSoakServer } from '../engine/soak-server.js';
import { cpuSecondsOf } from '../process.js';
import { Program } from '../program.js';
import { openRtvi, rtviText } from './client.js';

const clients = 60;
/** Of a client, below the rate at which it would be told to slow down. */
const perSecond = 40;
const patienceMs = 10_000;
const echoServer = fileURLToPath(new URL('./echo-server.js', import.meta.url));

const request = (id: number): string => rtviText('client-message', `m${id}`, { t: 'list-calls', d: {} });
const elapsed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** CPU of the process over the time of `work`, in seconds. */
async function cpuOver(pid: number, work: () => Promise<void>): Promise<number> {
  const before = cpuSecondsOf(pid);
  await work();
  return cpuSecondsOf(pid) - before;
}

/** All clients send at their rate; returns how many messages it were, once all are answered. */
async function sendAll(sockets: WebSocket[], seconds: number, answers: () => number): Promise<number> {
  const before = answers();
  let sent = 0;
  const timer = setInterval(() => {
    for (const socket of sockets) socket.send(request(sent++));
  }, 1000 / perSecond);
  await elapsed(seconds * 1000);
  clearInterval(timer);
  for (let waitedMs = 0; answers() - before < sent && waitedMs < patienceMs; waitedMs += 10) await elapsed(10);
  const answered = answers() - before;
  if (answered !== sent) throw new Error(`expected ${sent} answers, got ${answered}`);
  return sent;
}

/** The first seconds only warm up, until the compiler has nothing left to do; the CPU of an idle while is taken off. */
async function costOf(pid: number, sockets: WebSocket[], answers: () => number, quick: boolean): Promise<Metrics> {
  const seconds = quick ? 4 : 8;
  await sendAll(sockets, quick ? 3 : 6, answers);
  const idle = await cpuOver(pid, () => elapsed(seconds * 1000));
  let messages = 0;
  const busy = await cpuOver(pid, async () => {
    messages = await sendAll(sockets, seconds, answers);
  });
  return { 'cpu us a message': (1e6 * (busy - idle)) / messages, messages };
}

async function ours({ quick }: TrialOptions): Promise<Metrics> {
  const { server, listening } = await startSoakServer({ calls: 1, rtvi: true }, () => undefined);
  let answers = 0;
  const port = listening.rtvi?.port ?? 0;
  const all = await Promise.all(
    Array.from({ length: clients }, () =>
      openRtvi(port, '', ({ type }) => {
        if (type === 'server-response') answers++;
      }),
    ),
  );
  try {
    return await costOf(
      server.pid,
      all.map(({ socket }) => socket),
      () => answers,
      quick,
    );
  } finally {
    for (const client of all) client.close();
    await server.stop();
  }
}

async function echo({ quick }: TrialOptions): Promise<Metrics> {
  const server = new Program([process.execPath, echoServer]);
  const port = Number(await server.line());
  let answers = 0;
  const sockets = await Promise.all(
    Array.from({ length: clients }, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`);
      await once(socket, 'open');
      return socket.on('message', () => void answers++);
    }),
  );
  try {
    return await costOf(server.child.pid ?? 0, sockets, () => answers, quick);
  } finally {
    for (const socket of sockets) socket.terminate();
    await server.end();
  }
}

export const routing: Bench = {
  title: 'RTVI routing, CPU of a message',
  about: `${clients} clients send ${perSecond} requests a second each (\`list-calls\`) and count the answers. The echo parses each message and sends it back. CPU of the server process, less what it uses idle.`,
  trials: 5,
  contenders: [
    { name: 'ours', run: ours },
    { name: 'ws echo', run: echo },
  ],
  goals: [{ metric: 'cpu us a message', against: 'ws echo', ratio: 1.6 }],
};
