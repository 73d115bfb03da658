/**
 * The thread that hears: voice activity, turns and recognisers of its calls. Woken by the media thread a few times
 * a tick; judges one window of every call in one native call, until nobody has a whole window left.
 */
import type { SttEngine, TurnEngine } from '../../engines/engine.js';
import { openEngine } from '../../engines/registry.js';
import { fault, OavcError, reasonOf } from '../../errors.js';
import { loadAddon } from '../../media/addon.js';
import { SpokenRing } from '../../media/sample-ring.js';
import { VoiceActivity } from '../../media/voice-activity.js';
import { LevelMeter } from './level-meter.js';
import type { Attachment, MainToWorker, PeerMessage } from './protocol.js';
import { SpeechCall, type SpeechCallHost } from './speech-call.js';
import { WorkerPort } from './worker-port.js';

/** Windows that one native call judges. */
const batch = 256;

const engines = new Map<string, SttEngine>();
const calls = new Map<string, SpeechCall>();
const meters = new Map<string, LevelMeter>();
const port = new WorkerPort(fromMain, fromPeer);
let activity: VoiceActivity | undefined;
let turnEngine: TurnEngine | undefined;

const host: SpeechCallHost = {
  turn: port.data.turn,
  engineFor,
  get turnEngine() {
    return turnEngine;
  },
  emit: (callId, body) => port.emit(callId, body),
  toLanguage: (message) => port.toPeer('language', message),
  toVoice: (message) => port.toPeer('voice', message),
};

function engineFor(language: string): SttEngine {
  const engine = engines.get(language) ?? engines.get('*') ?? [...engines.values()][0];
  if (!engine) throw fault('ENGINE_UNKNOWN', 'stt', language, [...engines.keys()].join(', '));
  return engine;
}

function listen(): void {
  if (!activity) return;
  while (hearOneWindowEach(activity));
  for (const call of calls.values()) guarded(call, () => call.poll());
}

function guarded(call: SpeechCall, work: () => void): void {
  try {
    work();
  } catch (thrown) {
    detach(call.callId);
    failed(call.callId, thrown);
  }
}

/** Judges a window of every call that has one; false when none had. */
function hearOneWindowEach(vad: VoiceActivity): boolean {
  const heard: SpeechCall[] = [];
  for (const call of calls.values()) {
    if (vad.full || !call.take(vad.nextWindow())) continue;
    vad.queue(call.slot);
    heard.push(call);
  }
  const probabilities = vad.run();
  heard.forEach((call, index) => {
    guarded(call, () => call.hear(vad.window(index), probabilities[index] ?? 0));
    meters.get(call.callId)?.hear(vad.window(index));
  });
  return heard.length > 0;
}

function fromMain(message: MainToWorker): void {
  switch (message.type) {
    case 'attach':
      return attach(message.call);
    case 'detach':
      return detach(message.callId);
    case 'settings':
      return calls.get(message.callId)?.update(message.patch);
    case 'levels':
      return meters.get(message.callId)?.watch(message.on);
    case 'interrupt':
      return interrupt(message);
    case 'say':
      return calls.get(message.callId)?.say(message.text, message.interrupt, message.remember, message.interruptible);
    case 'expect':
      return calls.get(message.callId)?.expect(message.digits);
    case 'key':
      return calls.get(message.callId)?.press({ digit: message.digit, durationMs: message.durationMs }, message.way);
    case 'hold':
      return calls.get(message.callId)?.hold(message.held);
    case 'run':
      return calls.get(message.callId)?.run(message.text, message.interrupt, message.audio);
  }
}

/** Answers whether there was anything to cut off. */
function interrupt({ callId, answer }: Extract<MainToWorker, { type: 'interrupt' }>): void {
  const wasBusy = calls.get(callId)?.interrupt() ?? false;
  answer?.postMessage(wasBusy);
}

function fromPeer(message: PeerMessage): void {
  const call = calls.get(message.callId);
  if (message.type === 'written' || message.type === 'finished') call?.written(message);
  else if (message.type === 'silent') call?.silent(message.turn);
  else if (message.type === 'go-on') call?.run('', false, true);
}

function attach(attachment: Attachment): void {
  if (!activity) return;
  const slot = activity.add();
  try {
    calls.set(attachment.callId, new SpeechCall(host, attachment, slot));
    meters.set(attachment.callId, meterOf(attachment));
    port.toMain({ type: 'attached', callId: attachment.callId });
  } catch (thrown) {
    activity.remove(slot);
    failed(attachment.callId, thrown);
  }
}

function meterOf({ callId, spoken, lineRateHz, levels }: Attachment): LevelMeter {
  const meter = new LevelMeter(new SpokenRing(spoken), lineRateHz, (body) => port.emit(callId, body));
  meter.watch(levels);
  return meter;
}

/** One call's fault is its own: main ends it, the others go on. */
function failed(callId: string, thrown: unknown): void {
  const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
  port.emit(callId, { type: 'error', code, message: reasonOf(thrown), fatal: true });
}

function detach(callId: string): void {
  const call = calls.get(callId);
  if (call) {
    calls.delete(callId);
    meters.delete(callId);
    call.close();
    activity?.remove(call.slot);
  }
  port.toMain({ type: 'held', counts: { recognisers: calls.size, vadStreams: activity?.streams ?? 0 } });
  port.toMain({ type: 'detached', callId });
}

async function start(): Promise<{ wake: number }> {
  for (const [language, choice] of Object.entries(port.data.engines)) {
    const engine = await openEngine('stt', choice.name, choice.options);
    await engine.warmUp();
    engines.set(language, engine);
  }
  const { turnEngine: choice } = port.data;
  turnEngine = choice && (await openEngine('turn', choice.name, choice.options));
  await turnEngine?.warmUp();
  activity = new VoiceActivity(batch, port.data.turn.stopThreshold);
  return { wake: loadAddon().openWake(listen) };
}

async function close(): Promise<void> {
  for (const callId of [...calls.keys()]) detach(callId);
  for (const engine of engines.values()) await engine.close();
  await turnEngine?.close();
}

await port.open(start, close);
