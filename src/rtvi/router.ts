/**
 * From a client's message to its effect and its one reply. Every message with an id that wants a reply gets exactly
 * one, in time: a client forgets a request after ten seconds.
 */
import type { TSchema } from '@sinclair/typebox';
import { fault, OavcError, reasonOf } from '../errors.js';
import { type CommandType, commands } from './commands.js';
import type { Envelope } from './messages.js';
import { errorResponse, type Json, Outgoing, serverMessage } from './outgoing.js';
import { type Answer, requests } from './requests.js';
import {
  type ClientMessageType,
  clientMessages,
  type InboundData,
  inbound,
  isClientMessage,
  isInbound,
} from './schemas.js';
import { misfit } from './validate.js';
import { allows, type Role, type Visitor } from './visitor.js';

export interface RouterOptions {
  /** Longest wait for an action; then it is answered as accepted, and its outcome follows as a server message. */
  deadlineMs: number;
}

export type Send = (message: Outgoing) => void;

/** Type of the reply to a 0.x request; newer requests are answered by `server-response`. */
const replyTypes: Partial<Record<ClientMessageType, string>> = {
  'describe-config': 'config-available',
  'get-config': 'config',
  'update-config': 'config',
  'describe-actions': 'actions-available',
  action: 'action-response',
};

/**
 * Handles any message but `client-ready`. Never throws. What needs no waiting is answered before this returns, so that
 * answers keep the order of the requests; only an action that takes its time is overtaken.
 */
export function route(envelope: Envelope, visitor: Visitor, send: Send, { deadlineMs }: RouterOptions): void {
  const refuse = (thrown: unknown) => send(errorResponse(envelope.id, refusal(thrown)));
  try {
    dispatch(envelope, { visitor, send, deadlineMs })?.catch(refuse);
  } catch (thrown) {
    refuse(thrown);
  }
}

interface Context extends RouterOptions {
  visitor: Visitor;
  send: Send;
}
type Pending = Promise<void> | undefined;

function dispatch({ type, id, data }: Envelope, context: Context): Pending {
  if (!isInbound(type)) throw new Refusal(`Unsupported type ${type.slice(0, 64)}`);
  checkShape(inbound[type], data);
  if (type === 'client-message') return clientMessage(data as InboundData<typeof type>, id, context);
  const reply = isClientMessage(type) ? replyTypes[type] : undefined;
  if (isClientMessage(type) && reply !== undefined)
    return answer(type, data, context, (answered) => new Outgoing(reply, answered, id));
  return type === 'client-ready' ? undefined : command(type as CommandType, data, id, context.visitor);
}

function clientMessage({ t, d }: InboundData<'client-message'>, id: string, context: Context): Pending {
  if (!isClientMessage(t)) throw new Refusal(`Unsupported client-message ${t.slice(0, 64)}`);
  const data = d ?? {};
  checkShape(clientMessages[t], data);
  return answer(t, data, context, (answered) => new Outgoing('server-response', { t, d: answered }, id));
}

function answer(type: ClientMessageType, data: unknown, context: Context, reply: (data: Json) => Outgoing): Pending {
  permit(context.visitor, requests[type].needs, type);
  // The schema of this type was checked; the compiler cannot see that type and data go together.
  const handler = requests[type].answer as (visitor: Visitor, data: unknown) => Answer | Promise<Answer>;
  const settle = (answered: Answer) => {
    context.send(reply(answered.data));
    answered.after?.();
  };
  const result = handler(context.visitor, data);
  if (result instanceof Promise) return inTime(result, context.deadlineMs, data, context.send).then(settle);
  settle(result);
  return undefined;
}

function command(type: CommandType, data: unknown, id: string, visitor: Visitor): Pending {
  permit(visitor, commands[type].needs, type);
  const run = commands[type].run as (visitor: Visitor, data: unknown, id: string) => undefined | Promise<void>;
  return run(visitor, data, id);
}

/** The answer, or a provisional one at the deadline; then the outcome is told when it is there. */
async function inTime(pending: Promise<Answer>, deadlineMs: number, request: unknown, send: Send): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), deadlineMs);
  });
  try {
    const first = await Promise.race([pending, late]);
    if (first) return first;
  } finally {
    clearTimeout(timer);
  }
  const tell = (outcome: { [name: string]: Json }) =>
    send(serverMessage({ type: 'opensips-action-result', request: request as Json, ...outcome }));
  pending.then(
    ({ data }) => tell(data),
    (thrown) => tell({ error: refusal(thrown) }),
  );
  return { data: { result: { success: false, pending: true } } };
}

function checkShape(schema: TSchema, data: unknown): void {
  const problem = misfit(schema, data);
  if (problem !== undefined) throw new Refusal(`Invalid message: ${problem}`);
}

function permit(visitor: Visitor, needed: Role, what: string): void {
  if (!allows(visitor.grant, needed)) throw fault('RTVI_UNAUTHORISED', what);
}

/** A refusal that needs no code: the wording is the protocol's. */
class Refusal extends Error {}

/** The text of a refusal. */
export function refusal(thrown: unknown): string {
  if (thrown instanceof Refusal || thrown instanceof OavcError) return thrown.message;
  return `Exception processing message: ${reasonOf(thrown)}`;
}
