/** The demo: a server process, a caller in this one, real SIP and RTP between them, and what came of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallerOptions, type CallReport, makeCall, withMediaEngine } from '../caller/caller.js';
import { prepareLines } from '../caller/lines.js';
import { withSipLine } from '../caller/sip-line.js';
import { writeWav } from '../caller/wav.js';
import type { Config } from '../config/schema.js';
import { type DemoReport, reportTurn } from './report.js';
import type { Script } from './script.js';
import { writeServerConfig } from './server-config.js';
import { type ListeningLine, ServerProcess } from './server-process.js';
import { Stage } from './stage.js';

export interface DemoOptions {
  script: Script;
  /** Of this process: models, ports and voice are shared with the server. */
  config: Config;
  recording: string;
  show: (line: string) => void;
  /** Puts something between the caller and the network: a bad line. */
  through?: (signalling: CallerOptions['signalling']) => CallerOptions['signalling'];
}

export interface Demo {
  report: DemoReport;
  call: CallReport;
  listening: ListeningLine;
  /** Still runs; whoever holds the demo must stop it. */
  server: ServerProcess;
}

/** Holds the whole call. */
export async function runDemo(options: DemoOptions): Promise<Demo> {
  const stage = new Stage(options.show);
  options.show('starting the server: loading and trying its models …');
  const { server, listening } = await startServer(options, stage);
  try {
    const call = await phoneIt(options, listening, stage);
    return { report: await conclude(options, call, stage, server), call, listening, server };
  } catch (thrown) {
    await server.stop();
    throw thrown;
  }
}

/** The configuration file is needed only until the server listens. */
async function startServer({ script, config }: DemoOptions, stage: Stage) {
  const folder = mkdtempSync(join(tmpdir(), 'oavc-demo-'));
  try {
    return await ServerProcess.start(writeServerConfig(folder, script, config), (line) => stage.take(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function phoneIt(
  { script, config, show, through = (signalling) => signalling }: DemoOptions,
  { sip }: ListeningLine,
  stage: Stage,
): Promise<CallReport> {
  const words = script.questions.map((question) => ({ kind: 'text' as const, ...question }));
  const lines = await prepareLines(config, script.language, words);
  const uri = `sip:bank@${sip?.address}:${sip?.port}`;
  show(`calling ${uri}\n`);
  const progress = {
    mayAsk: () => stage.botIsDone,
    asking: ({ text }: { text: string }, index: number) => stage.asking(index, text),
  };
  return withMediaEngine(config, () =>
    withSipLine(config, (signalling) => makeCall({ uri, config, signalling: through(signalling), lines, progress })),
  );
}

/** Waits for the server's summary, the last thing that it tells of a call, or for its end. */
async function conclude(
  { script, recording }: DemoOptions,
  call: CallReport,
  stage: Stage,
  server: ServerProcess,
): Promise<DemoReport> {
  writeWav(recording, call.recording);
  const summary = await Promise.race([stage.summary, server.exited.then(() => null)]);
  const turns = script.questions.map((question, index) =>
    reportTurn({ question, exchange: call.exchanges[index], rows: stage.rowsOf(index) }, script.language),
  );
  return { turns, summary, recording };
}
