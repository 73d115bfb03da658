/** The thread that thinks: one model, one context, a sequence for each call. */
import type { LlmEngine, PromptPrefix } from '../../engines/engine.js';
import { FallbackLlm } from '../../engines/llm/fallback.js';
import { openEngine } from '../../engines/registry.js';
import { fault, reasonOf } from '../../errors.js';
import { LanguageCall, type LanguageCallHost } from './language-call.js';
import type { EngineChoice, MainToWorker, PeerMessage } from './protocol.js';
import { WorkerPort } from './worker-port.js';

const calls = new Map<string, LanguageCall>();
const port = new WorkerPort(fromMain, fromPeer);
let engine: LlmEngine | undefined;

const host: LanguageCallHost = {
  llmTimeoutMs: port.data.llmTimeoutMs,
  historyCharacters: port.data.historyCharacters,
  apology: (language) => port.data.apologies[language] ?? port.data.apologies.en ?? '',
  toolCalls: port.data.toolCalls,
  speculate: port.data.speculate,
  toolsOf: (agent) => port.data.tools[agent] ?? [],
  act: (callId, act) => port.toMain({ type: 'act', callId, act }),
  emit: (callId, body) => port.emit(callId, body),
  toVoice: (message) => port.toPeer('voice', message),
  toSpeech: (message) => port.toPeer('speech', message),
};

function fromMain(message: MainToWorker): void {
  switch (message.type) {
    case 'attach':
      return attach(message.call);
    case 'detach':
      return void detach(message.callId);
    case 'settings':
      return calls.get(message.callId)?.update(message.patch);
    case 'append':
      return calls.get(message.callId)?.append(message.message);
    case 'context':
      return calls.get(message.callId)?.replace(message.messages);
    case 'function-result':
      return calls.get(message.callId)?.functionResult(message.toolCallId, message.result);
  }
}

function fromPeer(message: PeerMessage): void {
  const call = calls.get(message.callId);
  if (!call) return;
  if (message.type === 'turn') call.turn(message);
  else if (message.type === 'say') call.say(message);
  else if (message.type === 'suppose') call.suppose(message.text);
  else if (message.type === 'heard') call.heard(message.turn, message.heard);
  else if (message.type === 'cancel' && 'heard' in message) call.cancel(message.turn, message.heard);
}

function attach(attachment: Extract<MainToWorker, { type: 'attach' }>['call']): void {
  const model = engine;
  if (!model) throw fault('ENGINE_FAILED', 'language', 'a call came before the model was loaded');
  const { callId } = attachment;
  const call = new LanguageCall(host, attachment, () => model.open());
  calls.set(callId, call);
  call.mind.open().then(
    () => port.toMain({ type: 'attached', callId }),
    (thrown: unknown) => port.toMain({ type: 'refused', callId, why: reasonOf(thrown) }),
  );
}

async function detach(callId: string): Promise<void> {
  const call = calls.get(callId);
  calls.delete(callId);
  try {
    await call?.close();
  } catch (thrown) {
    port.log.error({ callId, reason: reasonOf(thrown) }, 'a sequence could not be given back');
  }
  port.toMain({ type: 'held', counts: { sequences: engine?.openSequences ?? 0 } });
  port.toMain({ type: 'detached', callId });
}

async function start(): Promise<object> {
  const choice = port.data.engines['*'];
  if (!choice) throw fault('ENGINE_UNKNOWN', 'llm', '*', Object.keys(port.data.engines).join(', '));
  const model = await withFallback(choice);
  await model.warmUp(prefixes());
  const { impaired } = model;
  if (impaired) port.log.warn({ code: impaired.code }, impaired.message);
  engine = model;
  return {};
}

/** What the calls of each agent begin with. */
const prefixes = (): PromptPrefix[] =>
  Object.entries(port.data.prompts).map(([agent, content]) => ({
    messages: [{ role: 'system', content }],
    tools: host.toolsOf(agent),
  }));

async function withFallback({ name, options, fallback }: EngineChoice): Promise<LlmEngine> {
  const first = await openEngine('llm', name, options);
  if (!fallback) return first;
  const second = await openEngine('llm', fallback.name, fallback.options);
  const onFailure = (thrown: unknown) =>
    port.log.warn({ engine: name, reason: reasonOf(thrown) }, `${fallback.name} answers for a while`);
  return new FallbackLlm(first, second, onFailure);
}

async function close(): Promise<void> {
  await Promise.all([...calls.keys()].map(detach));
  await engine?.close();
}

await port.open(start, close);
