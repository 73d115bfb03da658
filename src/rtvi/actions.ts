/** The actions of a call: what each takes, what it gives, and what it does (design 8). */
import type { ContextMessage, TransferResult } from '../call/control.js';
import { fault } from '../errors.js';
import { type Argument, type NamedValue, readArguments } from './arguments.js';
import type { Json } from './outgoing.js';
import { argumentSchemas } from './schemas.js';
import type { Visitor } from './visitor.js';

interface Action {
  service: string;
  action: string;
  arguments: Readonly<Record<string, Argument>>;
  result: Argument['type'];
  run(visitor: Visitor, values: Map<string, unknown>): Json | Promise<Json>;
}

const text: Argument = { schema: argumentSchemas.text, type: 'string', optional: false };
const destination: Argument = { schema: argumentSchemas.destination, type: 'string', optional: false };
const digits: Argument = { schema: argumentSchemas.digits, type: 'number', optional: false };
const keys: Argument = { schema: argumentSchemas.keys, type: 'string', optional: false };
const bool: Argument = { schema: argumentSchemas.flag, type: 'bool', optional: false };
const optionalBool: Argument = { ...bool, optional: true };
const messages: Argument = { schema: argumentSchemas.messages, type: 'array', optional: false };

const actions: readonly Action[] = [
  {
    service: 'opensips_call',
    action: 'transfer',
    arguments: { destination },
    result: 'object',
    run: async (visitor, values) =>
      transferred(await visitor.call().transfer(values.get('destination') as string, visitor.origin)),
  },
  {
    service: 'opensips_call',
    action: 'hangup',
    arguments: {},
    result: 'bool',
    run: (visitor) => visitor.call().hangup('client-hangup', visitor.origin),
  },
  {
    service: 'opensips_call',
    action: 'mute',
    arguments: { enabled: bool },
    result: 'bool',
    run: (visitor, values) => visitor.call().setMuted(values.get('enabled') === true, visitor.origin),
  },
  {
    service: 'opensips_call',
    action: 'expect_digits',
    arguments: { count: digits },
    result: 'bool',
    run: (visitor, values) => {
      visitor.call().expectDigits(values.get('count') as number, visitor.origin);
      return true;
    },
  },
  {
    service: 'opensips_call',
    action: 'send_dtmf',
    arguments: { digits: keys },
    result: 'bool',
    run: (visitor, values) => {
      visitor.call().sendDigits(values.get('digits') as string);
      return true;
    },
  },
  {
    service: 'piper_tts',
    action: 'say',
    arguments: { text, interrupt: optionalBool },
    result: 'bool',
    run: (visitor, values) => {
      const options = { interrupt: values.get('interrupt') === true, origin: visitor.origin };
      visitor.call().say(values.get('text') as string, options);
      return true;
    },
  },
  {
    service: 'piper_tts',
    action: 'interrupt',
    arguments: {},
    result: 'bool',
    run: (visitor) => visitor.call().interrupt(visitor.origin),
  },
  {
    service: 'llama_llm',
    action: 'append_to_messages',
    arguments: { messages, run_immediately: optionalBool },
    result: 'bool',
    run: (visitor, values) => {
      appendAll(visitor, values.get('messages') as ContextMessage[], values.get('run_immediately') === true);
      return true;
    },
  },
  {
    service: 'llama_llm',
    action: 'set_context',
    arguments: { messages, interrupt: optionalBool },
    result: 'bool',
    run: (visitor, values) => {
      const call = visitor.call();
      if (values.get('interrupt') === true) void call.interrupt(visitor.origin);
      call.replaceContext(values.get('messages') as ContextMessage[]);
      return true;
    },
  },
];

/** `actions-available`. */
export const describedActions = (): Json =>
  actions.map(({ service, action, arguments: known, result }) => ({
    service,
    action,
    arguments: Object.entries(known).map(([name, { type }]) => ({ name, type })),
    result,
  }));

/** Runs an action; throws when it is not known, its arguments do not fit, or the call refuses. */
export function runAction(
  visitor: Visitor,
  request: { service: string; action: string; arguments?: readonly NamedValue[] | null },
): Json | Promise<Json> {
  const name = `${request.service}:${request.action}`;
  const action = actions.find((one) => one.service === request.service && one.action === request.action);
  if (!action) throw fault('RTVI_ACTION_UNKNOWN', name.slice(0, 128));
  return action.run(visitor, readArguments(name, action.arguments, request.arguments ?? []));
}

/** A refused transfer says by which SIP status. */
function transferred({ success, destination, transferredAt, status, reason }: TransferResult): Json {
  if (!success) return { success, destination, status, reason };
  return { success, destination, transferred_at: new Date(transferredAt * 1000).toISOString() };
}

/** The model runs once, after the last message. */
function appendAll(visitor: Visitor, list: readonly ContextMessage[], runNow: boolean): void {
  const call = visitor.call();
  for (const [index, { role, content }] of list.entries())
    call.appendContext(role, content, runNow && index === list.length - 1, visitor.origin);
}
