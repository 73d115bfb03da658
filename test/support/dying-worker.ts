/**
 * A process whose language worker ends while llama.cpp writes an answer: a process of its own, since what goes wrong
 * there ends it. Tells the causes of the deaths.
 */
import { MessageChannel } from 'node:worker_threads';
import { loadConfig } from '../../src/config/load.js';
import { allocateRings } from '../../src/media/sample-ring.js';
import { WorkerHost } from '../../src/pipeline/workers/host.js';
import type { MainToWorker, WorkerData } from '../../src/pipeline/workers/protocol.js';
import { planWorkers } from '../../src/worker-plan.js';
import { settings } from './call-settings.js';

const [model = ''] = process.argv.slice(2);
const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const llama = { name: 'llama', options: { model, contextTokens: 1024, sequences: 2, threads: 1 } };
const [data] = planWorkers(config, { speech: {}, language: { '*': llama }, voice: {} }).filter(
  ({ role }) => role === 'language',
) as [WorkerData];

const call = {
  ...allocateRings(),
  lineRateHz: 8000,
  settings: { ...settings, maxTokens: 900 },
  agent: 'default',
  messages: [{ role: 'system' as const, content: 'You are a bank.' }],
  nextTurn: 1,
  levels: false,
  held: false,
  expectDigits: 0,
};

/** Resolves with the cause of its death; `end` is called in the middle of an answer. */
async function death(end: (worker: WorkerHost) => void): Promise<string> {
  let writes = () => {};
  const writing = new Promise<void>((resolve) => {
    writes = resolve;
  });
  let dies = (_: string) => {};
  const died = new Promise<string>((resolve) => {
    dies = resolve;
  });
  const worker = new WorkerHost(data, {
    onMessage: (_, message) => void (message.type === 'event' && message.event.type === 'llm-text' && writes()),
    onDeath: (_, cause) => dies(cause),
  });
  await worker.ready;
  const { port1, port2 } = new MessageChannel();
  worker.post({ type: 'peer', role: 'speech', name: 'speech-1', port: port2 });
  for (const callId of ['a', 'b']) {
    worker.post({ type: 'attach', call: { ...call, callId }, peers: {} });
    port1.postMessage({ type: 'turn', callId, turn: 1, epoch: 0, text: 'Talk.', audio: false });
  }
  await writing;
  end(worker);
  const cause = await died;
  port1.close();
  return cause;
}

/** No message at all: what comes of it in the worker is thrown where nobody catches. */
const nonsense = { type: 'attach' } as MainToWorker;

process.stdout.write(`${await death((worker) => worker.post(nonsense))}\n`);
process.stdout.write(`${await death((worker) => void worker.endAsDead('stuck'))}\n`);
