/**
 * The running server: loads the engines, opens media, signalling and RTVI, and gives everything back at the end. The
 * one place that knows all parts.
 */
import { Calls } from './call/calls.js';
import type { CallDirectory } from './call/control.js';
import type { CallPlant } from './call/plant.js';
import { prepareRecordings } from './call/recording.js';
import { checkPatch } from './call/settings.js';
import { monotonicNs } from './clock.js';
import type { Config } from './config/schema.js';
import { probeEngine } from './engines/probe.js';
import type { EngineKind } from './engines/registry.js';
import { fault, reasonOf } from './errors.js';
import type { Log } from './log.js';
import { loadAddon } from './media/addon.js';
import { heldSessions } from './media/session.js';
import { metricsText } from './metrics.js';
import { type ResolvedEngines, resolveEngines, resolveTurnEngine } from './models/resolve.js';
import type { TurnRow } from './observer/ledger.js';
import { Observer } from './observer/observer.js';
import type { CallSummary } from './observer/summary.js';
import { Tap } from './observer/tap.js';
import { planOpenSips } from './opensips-plan.js';
import { Pipeline, type PipelineOptions } from './pipeline/pipeline.js';
import type { EngineChoice, WorkerRole } from './pipeline/workers/protocol.js';
import { Vigil } from './readiness.js';
import type { RtviServer } from './server/http.js';
import type { Readiness } from './server/routes.js';
import type { Signalling } from './signalling/leg.js';
import { OpenSipsSignalling } from './signalling/opensips/sessions.js';
import { SipServer } from './signalling/sip/server.js';
import { planSip } from './sip-plan.js';
import { planWorkers } from './worker-plan.js';

export interface Listening {
  address: string;
  port: number;
}

export interface RunningServer {
  sip: Listening | undefined;
  opensips: Listening | undefined;
  rtvi: Listening | undefined;
  tap: Tap;
  onTurn(listener: (row: TurnRow) => void): () => void;
  onSummary(listener: (summary: CallSummary) => void): () => void;
  /** What is running, and how a call is placed. */
  calls: CallDirectory;
  /** What is held for calls: all zero when none is running. */
  held(): Record<string, number>;
  /** Ends one worker as a crash would. */
  kill(role: WorkerRole): Promise<void>;
  /** No new calls; resolves when the running ones have ended, by themselves or, late or when `now` aborts, by us. */
  drain(now: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const kinds: Readonly<Record<keyof ResolvedEngines, EngineKind>> = { speech: 'stt', language: 'llm', voice: 'tts' };

/** The languages of the configured agents; the default agent's where there are none. */
export function languagesOf(config: Config): string[] {
  return [...new Set(Object.values(config.agent).map(({ language }) => language))];
}

/** Refuses a voice that no engine here has: throws OPTION_INVALID, which names the voices there are. */
function checkVoices(config: Config, pipeline: Pipeline): void {
  for (const { language, voice } of Object.values(config.agent)) {
    if (voice !== '') checkPatch({ voice }, [], pipeline.voicesOf(language));
  }
}

/** Tries every engine on its model in a child process, all at once. */
async function probeAll(config: Config, engines: ResolvedEngines): Promise<void> {
  const turn = resolveTurnEngine(config);
  const tries = (Object.keys(kinds) as (keyof ResolvedEngines)[]).flatMap((role) =>
    Object.values<EngineChoice>(engines[role]).map(({ fallback, ...own }) => {
      // With another behind it the first may be away.
      const { name, options } = fallback ?? own;
      return probeEngine(kinds[role], name, options);
    }),
  );
  if (turn) tries.push(probeEngine('turn', turn.name, turn.options));
  await Promise.all(tries);
}

/** Starts everything in the order in which a call needs it; what was started is stopped again when a later part fails. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  const parts = new Parts();
  try {
    return await assemble(config, log, parts);
  } catch (thrown) {
    await parts.stop();
    throw thrown;
  }
}

async function assemble(config: Config, log: Log, parts: Parts): Promise<RunningServer> {
  const languages = languagesOf(config);
  const engines = resolveEngines(config, languages);
  prepareRecordings(config);
  loadAddon().startEngine({ realtime: config.rtp.realtime, threads: config.rtp.threads });
  parts.add(async () => loadAddon().stopEngine());
  await probeAll(config, engines);
  const tap = new Tap(log);
  const observer = new Observer({
    tap,
    log,
    rtviEnabled: config.rtvi.enabled,
    admissionP90Ms: config.turn.admission_p90_ms,
  });
  parts.add(async () => observer.close());
  const pipeline = await startPipeline(config, engines, tap, log, {
    onLost: (callId, cause) => calls.lost(callId, cause),
    onFinished: (callId, reason, why) => void calls.get(callId)?.hangup(reason, why),
    onAct: (callId, act) => calls.act(callId, act),
  });
  parts.add(() => pipeline.stop());
  checkVoices(config, pipeline);
  const ways = waysIn(config, log, () => calls.full);
  const calls = new Calls(plant(config, pipeline, tap, log, languages, observer), ways[0]);
  const listening = await listen(ways, calls, parts);
  const rtvi = config.rtvi.enabled
    ? await openRtvi(
        config,
        calls,
        observer,
        () => metricsText(observer.totals(monotonicNs()), ways, loadAddon().engineStats()),
        readinessOf(pipeline, ways, calls, observer),
        log,
      )
    : undefined;
  if (rtvi) parts.add(() => rtvi.close());
  parts.add(() => calls.close());
  return {
    ...listening,
    rtvi,
    tap,
    calls,
    onTurn: (onTurn) => observer.subscribe({ onTurn }),
    onSummary: (onSummary) => observer.subscribe({ onSummary }),
    held: () => heldNow(calls, pipeline, ways),
    kill: (role) => pipeline.kill(role),
    drain: (now) => calls.drain(config.call.drain_s, now),
    stop: () => parts.stop(),
  };
}

/** Loaded only when it is wanted: in standard mode nothing of RTVI is in the process. */
async function openRtvi(
  config: Config,
  directory: Calls,
  observer: Observer,
  metrics: () => string,
  readiness: () => Readiness,
  log: Log,
): Promise<RtviServer> {
  const { startRtviServer } = await import('./server/http.js');
  return startRtviServer({
    config: config.rtvi,
    directory,
    feed: observer,
    metrics,
    readiness,
    log,
  });
}

function startPipeline(
  config: Config,
  engines: ResolvedEngines,
  tap: Tap,
  log: Log,
  toCalls: Pick<PipelineOptions, 'onLost' | 'onFinished' | 'onAct'>,
): Promise<Pipeline> {
  return Pipeline.start({
    workers: planWorkers(config, engines),
    onEvent: (event) => tap.publish(event),
    ...toCalls,
    onWorker: (name, state, cause) =>
      log[state === 'died' ? 'error' : 'info']({ worker: name, state, cause }, `worker ${state}`),
  });
}

function plant(
  config: Config,
  pipeline: Pipeline,
  tap: Tap,
  log: Log,
  languages: string[],
  observer: Observer,
): CallPlant {
  return {
    config,
    pipeline,
    log,
    languages,
    features: [
      config.stt.engine,
      config.llm.engine,
      config.tts.engine,
      ...(config.recording.enabled ? ['recording'] : []),
    ],
    publish: (event) => tap.publish(event),
    subscribe: (listener) => tap.subscribe(listener),
    tooSlowMs: () => observer.tooSlowMs(monotonicNs()),
    voicesOf: (language) => pipeline.voicesOf(language),
  };
}

function waysIn(config: Config, log: Log, full: () => boolean): Signalling[] {
  const ways: Signalling[] = [];
  if (config.opensips.enabled) ways.push(new OpenSipsSignalling(planOpenSips(config, log)));
  if (config.sip.enabled) ways.push(new SipServer(planSip(config, log, full)));
  if (ways.length === 0) throw fault('NOT_SUPPORTED', 'a start', 'neither [opensips] nor [sip] is enabled');
  return ways;
}

async function listen(
  ways: Signalling[],
  calls: Calls,
  parts: Parts,
): Promise<{ sip: Listening | undefined; opensips: Listening | undefined }> {
  const listening: Partial<Record<Signalling['name'], Listening>> = {};
  for (const way of ways) {
    listening[way.name] = await way.start((leg) => calls.take(leg));
    parts.add(() => way.stop());
  }
  return { sip: listening.sip, opensips: listening.opensips };
}

function readinessOf(pipeline: Pipeline, ways: Signalling[], calls: Calls, observer: Observer): () => Readiness {
  const nowMs = () => Number(monotonicNs()) / 1e6;
  const vigil = new Vigil(nowMs());
  return () => {
    const away = ways.filter((way) => way.away).map(({ name }) => name);
    const vitals = {
      workersReady: pipeline.ready,
      media: loadAddon().engineStats().threads,
      away,
      closing: calls.closing,
    };
    const tooSlowMs = observer.tooSlowMs(monotonicNs());
    const reasons = vigil.reasons({ ...vitals, tooSlowMs }, nowMs());
    return { ready: reasons.length === 0, reasons };
  };
}

function heldNow(calls: Calls, pipeline: Pipeline, ways: Signalling[]): Record<string, number> {
  const legs = ways.reduce((sum, way) => sum + way.held().legs, 0);
  const transactions = ways.reduce((sum, way) => sum + way.held().transactions, 0);
  const { threads, recordings } = loadAddon().engineStats();
  const sessions = threads.reduce((sum, thread) => sum + thread.sessions, 0);
  return {
    calls: calls.size,
    legs,
    transactions,
    mediaSessions: heldSessions(),
    nativeSessions: sessions,
    recordings,
    ...pipeline.held(),
  };
}

/** What was started, stopped in the opposite order; one that fails does not keep the others from stopping. */
class Parts {
  readonly #stops: (() => Promise<void>)[] = [];

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) {
      await stop().catch((thrown: unknown) => process.emitWarning(`stopping failed: ${reasonOf(thrown)}`));
    }
  }
}
