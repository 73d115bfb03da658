/** `oavc call`: a caller on the command line; says something, listens, records, and tells what it measured. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CallReport, Line } from '../caller/caller.js';
import type { Words } from '../caller/lines.js';
import type { TurnLatency } from '../caller/turn-watch.js';
import { fault } from '../errors.js';
import { percentile } from '../observer/percentiles.js';
import type { CallProgress } from '../signalling/leg.js';
import { configFor } from './config-options.js';
import { table } from './table.js';

interface CallFlags {
  language: string;
  ring: string;
  record: string;
  report?: string;
  watch?: string;
}

/** What was measured on the wire, and what the server told of each answer. */
type Measured = CallReport & { turns: TurnLatency[] };

export function callCommand(): Command {
  const words: Words[] = [];
  return new Command('call')
    .description('call a SIP address, say something, listen, record, and tell what was measured on the wire')
    .argument('<sip-uri>', 'whom to call, e.g. sip:bot@127.0.0.1:5060')
    .option(
      '--say <text>',
      'say a text; may be repeated, in order',
      (text: string) => void words.push({ kind: 'text', text }),
    )
    .option(
      '--wav <file>',
      'play a WAV file; may be repeated, in order',
      (path: string) => void words.push({ kind: 'wav', path }),
    )
    .option('--language <code>', 'language of the voice that speaks the texts', 'en')
    .option('--ring <seconds>', 'longest that it may ring', '60')
    .option('--record <file>', 'stereo WAV, left the caller, right the bot', 'recordings/call.wav')
    .option('--report <file>', 'write what was measured as JSON')
    .option('--watch <url>', "where each answer's time went, from the server's RTVI: ws://HOST:PORT/rtvi?token=TOKEN")
    .action(async (uri: string, flags: CallFlags, command: Command) => {
      const { config } = configFor(command);
      const { prepareLines } = await import('../caller/lines.js');
      const lines = await prepareLines(config, flags.language, words);
      const report = await place(uri, lines, flags, command);
      await keep(report, flags);
      process.stdout.write(summaryOf(report));
      process.stdout.write(`recording: ${flags.record}\n`);
      const unanswered = lines.length - report.exchanges.filter(({ feltMs }) => feltMs !== undefined).length;
      if (unanswered > 0) process.exitCode = 1;
    });
}

const stages: Readonly<Record<CallProgress, string>> = {
  trying: 'trying',
  ringing: 'ringing',
  forwarded: 'forwarded',
  queued: 'queued',
  'early-media': 'early media',
};

async function place(uri: string, lines: readonly Line[], flags: CallFlags, command: Command): Promise<Measured> {
  const { makeCall, withMediaEngine } = await import('../caller/caller.js');
  const { TurnWatch } = await import('../caller/turn-watch.js');
  const { withSipLine } = await import('../caller/sip-line.js');
  const { config } = configFor(command);
  const progress = {
    asking: ({ text }: { text: string }) => void process.stdout.write(`caller: ${text}\n`),
    answered: (exchange: CallReport['exchanges'][number]) => void process.stdout.write(`   bot: ${heard(exchange)}\n`),
  };
  const leaving = new AbortController();
  const placing = {
    signal: leaving.signal,
    ringLimitMs: secondsOf(flags.ring) * 1000,
    onProgress: (stage: CallProgress) => void process.stdout.write(`        ${stages[stage]}\n`),
  };
  const leave = () => leaving.abort();
  process.once('SIGINT', leave);
  const watch = flags.watch === undefined ? undefined : new TurnWatch(addressOf(flags.watch));
  const onConnected = (callId: string) => watch?.begin(callId);
  try {
    const report = await withMediaEngine(config, () =>
      withSipLine(config, (signalling) => makeCall({ uri, config, signalling, lines, progress, placing, onConnected })),
    );
    if (watch?.problem) process.stderr.write(`not watched: ${watch.problem}\n`);
    return { ...report, turns: watch?.turns ?? [] };
  } finally {
    watch?.end();
    process.removeListener('SIGINT', leave);
  }
}

/** Throws NOT_SUPPORTED. */
function addressOf(text: string): string {
  if (URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol)) return text;
  throw fault('NOT_SUPPORTED', `--watch ${text}`, 'expected ws://HOST:PORT/rtvi');
}

/** Throws NOT_SUPPORTED. */
function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= 3600) return seconds;
  throw fault('NOT_SUPPORTED', `--ring ${text}`, 'expected seconds from 1 to 3600');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function heard({ feltMs, answerMs }: CallReport['exchanges'][number]): string {
  if (feltMs === undefined) return '(no answer)';
  const length = answerMs === undefined ? 'to be interrupted' : `for ${seconds(answerMs)}`;
  return `(answered after ${Math.round(feltMs)} ms, ${length})`;
}

async function keep({ recording, ...report }: Measured, { record, report: file }: CallFlags): Promise<void> {
  const { writeWav } = await import('../caller/wav.js');
  writeWav(record, recording);
  const kept = { ...report, felt_ms: feltMs(report.exchanges), recording: record };
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(kept, asNumber, 2)}\n`);
}

/** Over the exchanges that were answered; null where none was. */
function feltMs(exchanges: CallReport['exchanges']): { p50: number; p90: number; max: number } | null {
  const felt = exchanges.flatMap((exchange) => exchange.feltMs ?? []);
  if (felt.length === 0) return null;
  return { p50: percentile(felt, 0.5), p90: percentile(felt, 0.9), max: percentile(felt, 1) };
}

/** Percentiles of each part over the call: those that came with its last answer. */
function partsOf(last: TurnLatency | undefined): string[][] {
  const { p50_parts_ms: half = {}, p90_parts_ms: most = {} } = last ?? {};
  const shown = (ms = 0): string => `${Math.round(ms)}`;
  return Object.keys(half).map((part) => [`${part} p50, p90`, `${shown(half[part])}, ${shown(most[part])} ms`]);
}

const asNumber = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** What was measured on the wire. */
export function summaryOf({ codec, ended, media, exchanges, turns }: Omit<Measured, 'recording'>): string {
  const felt = exchanges.flatMap((exchange) => exchange.feltMs ?? []).map((ms) => `${Math.round(ms)}`);
  const shares = feltMs(exchanges);
  return table([
    ['codec', codec],
    ['felt latency', felt.length === 0 ? 'nothing was answered' : `${felt.join(', ')} ms`],
    ...(shares ? [['felt p50, p90', `${Math.round(shares.p50)}, ${Math.round(shares.p90)} ms`]] : []),
    ...partsOf(turns.at(-1)),
    ['packets', `${media.packetsSent} sent, ${media.packetsReceived} received`],
    ['lost', `${media.packetsLost} (late ${media.packetsLate}, reordered ${media.packetsReordered})`],
    ['jitter', `${media.jitterMs.toFixed(1)} ms`],
    ['ended', ended ?? 'by the caller'],
  ]);
}
