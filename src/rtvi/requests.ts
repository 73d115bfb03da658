/**
 * Requests that are answered with data: one implementation, reached by message type from 0.x and by `t` of a
 * `client-message` from 1.0 on. What a handler throws is the refusal.
 */
import { describedActions, runAction } from './actions.js';
import { describedCall } from './calls.js';
import { plainText } from './commands.js';
import type { Json } from './outgoing.js';
import type { ClientMessageData, ClientMessageType } from './schemas.js';
import { configOf, describedConfig, describedHistory, describedOptions, patchOf } from './services.js';
import type { Role, Visitor } from './visitor.js';

export interface Answer {
  data: { [name: string]: Json };
  /** Done after the answer was sent. */
  after?: () => void;
}

interface Request<T extends ClientMessageType> {
  needs: Role;
  answer(visitor: Visitor, data: ClientMessageData<T>): Answer | Promise<Answer>;
}

export const requests: { [T in ClientMessageType]: Request<T> } = {
  'describe-config': { needs: 'watch', answer: () => ({ data: { config: describedConfig() } }) },
  'get-config': { needs: 'watch', answer: (visitor) => ({ data: { config: currentConfig(visitor) } }) },
  'update-config': { needs: 'steer', answer: updateConfig },
  'describe-actions': { needs: 'watch', answer: () => ({ data: { actions: describedActions() } }) },
  action: { needs: 'steer', answer: act },
  'describe-options': {
    needs: 'watch',
    answer: (visitor) => ({ data: { options: describedOptions(visitor.call().info()) } }),
  },
  'list-calls': {
    needs: 'watch',
    answer: (visitor) => ({
      data: { calls: visitor.calls().map(describedCall), focus: visitor.liveCall()?.callId, role: visitor.grant.role },
    }),
  },
  'focus-call': {
    needs: 'watch',
    answer: (visitor, { call_id }) => ({ data: { call_id }, after: visitor.refocus(call_id) }),
  },
  'get-config-history': {
    needs: 'watch',
    answer: (visitor) => ({ data: { history: describedHistory(visitor.call().configHistory()) } }),
  },
  interrupt: {
    needs: 'steer',
    answer: async (visitor) => ({ data: { interrupted: await visitor.call().interrupt(visitor.origin) } }),
  },
  'eval-context': { needs: 'steer', answer: replaceContext },
};

/** What was said so far is this from now on: Pipecat's test harness begins a scenario so. */
function replaceContext(visitor: Visitor, { messages }: ClientMessageData<'eval-context'>): Answer {
  visitor.call().replaceContext(messages.map(({ role, content }) => ({ role, content: plainText(content) })));
  return { data: { messages: messages.length } };
}

/** The configuration in force; empty while no call is in focus. */
export function currentConfig(visitor: Visitor): Json {
  const call = visitor.liveCall();
  return call ? configOf(call.info().settings) : [];
}

/** Checked whole before the bot is cut off or anything is applied; the answer is the whole configuration. */
function updateConfig(visitor: Visitor, data: ClientMessageData<'update-config'>): Answer {
  const call = visitor.call();
  const patch = patchOf(data.config);
  if (data.interrupt === true) void call.interrupt(visitor.origin);
  call.update(patch, visitor.origin);
  return { data: { config: configOf(call.info().settings) } };
}

function act(visitor: Visitor, data: ClientMessageData<'action'>): Answer | Promise<Answer> {
  const result = runAction(visitor, data);
  return result instanceof Promise ? result.then((value) => ({ data: { result: value } })) : { data: { result } };
}
