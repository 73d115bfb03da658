/**
 * What a client may send: one schema for each type. Shapes follow the protocol reference; members that are not
 * known are let through, and null means absent.
 */
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Ajv, type ValidateFunction } from 'ajv';

const loose = <T extends Record<string, TSchema>>(properties: T) => Type.Object(properties);
const maybe = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const longText = Type.String({ maxLength: 20_000 });
const name = Type.String({ minLength: 1, maxLength: 128 });
const nameValues = Type.Array(loose({ name, value: Type.Unknown() }), { maxItems: 64 });
const key = Type.String({ pattern: '^[0-9*#]$' });

export const configList = Type.Array(loose({ service: name, options: nameValues }), { maxItems: 64 });
const updateConfig = loose({ config: configList, interrupt: maybe(Type.Boolean()) });
const action = loose({ service: name, action: name, arguments: maybe(nameValues) });
const nothing = Type.Unknown();
const textOptions = loose({ run_immediately: maybe(Type.Boolean()), audio_response: maybe(Type.Boolean()) });

/** Schema of `data` by message type. */
export const inbound = {
  // A bad `about` is no error, so it is not looked at here.
  'client-ready': Type.Union([loose({ version: maybe(Type.Unknown()) }), Type.Null()]),
  'describe-config': nothing,
  'get-config': nothing,
  'update-config': updateConfig,
  'describe-actions': nothing,
  action,
  'disconnect-bot': nothing,
  'llm-function-call-result': loose({ function_name: maybe(name), tool_call_id: name, result: Type.Optional(nothing) }),
  'client-message': loose({ t: name, d: Type.Optional(Type.Unknown()) }),
  'send-text': loose({ content: longText, options: maybe(textOptions) }),
  'send-file': loose({
    content: longText,
    file: loose({
      format: name,
      source: Type.Union([
        loose({ type: Type.Literal('bytes'), bytes: Type.String() }),
        loose({ type: Type.Literal('url'), url: Type.String() }),
      ]),
    }),
  }),
  'append-to-context': loose({
    role: Type.Union([Type.Literal('user'), Type.Literal('assistant')]),
    content: Type.Unknown(),
    run_immediately: maybe(Type.Boolean()),
  }),
  dtmf: Type.Union([loose({ buttons: Type.Array(key, { minItems: 1, maxItems: 64 }) }), loose({ button: key })]),
  'raw-audio': nothing,
  'raw-audio-batch': nothing,
  'ui-event': loose({ event: Type.String() }),
  'ui-snapshot': loose({ tree: loose({ root: Type.Unknown() }) }),
  'ui-cancel-job-group': loose({ job_id: Type.String() }),
  'ui-cancel-task': loose({ task_id: Type.String() }),
} as const;
export type InboundType = keyof typeof inbound;
export type InboundData<T extends InboundType> = Static<(typeof inbound)[T]>;

/** Schema of `d` of a `client-message` by its `t`: the names of 0.x, and those of this server (design 8). */
export const clientMessages = {
  'describe-config': nothing,
  'get-config': nothing,
  'update-config': updateConfig,
  'describe-actions': nothing,
  action,
  'list-calls': nothing,
  'focus-call': loose({ call_id: Type.String({ minLength: 1, maxLength: 256 }) }),
  'get-config-history': nothing,
  interrupt: nothing,
} as const;
export type ClientMessageType = keyof typeof clientMessages;
export type ClientMessageData<T extends ClientMessageType> = Static<(typeof clientMessages)[T]>;

export const isInbound = (type: string): type is InboundType => Object.hasOwn(inbound, type);
export const isClientMessage = (t: string): t is ClientMessageType => Object.hasOwn(clientMessages, t);

const ajv = new Ajv({ allErrors: false, strict: true });
const compiled = new Map<TSchema, ValidateFunction>();
for (const schema of [...Object.values(inbound), ...Object.values(clientMessages)])
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile(schema));

/** Why `value` does not fit, or undefined when it does. */
export function misfit(schema: TSchema, value: unknown): string | undefined {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return undefined;
  const [error] = validate.errors ?? [];
  return `data${error?.instancePath ?? ''} ${error?.message ?? 'does not fit'}`;
}

export interface Envelope {
  type: string;
  id: string;
  data: unknown;
}

export type Parsed =
  | { kind: 'message'; envelope: Envelope }
  /** Not meant for RTVI: dropped without a word. */
  | { kind: 'ignored'; why: 'not-json' | 'not-object' | 'label' }
  /** Meant for RTVI, but not to be answered by id. */
  | { kind: 'invalid'; problem: string };

/** Longest type and id that are taken; an id is opaque. */
const nameLimit = 256;

/** Reads one message from its JSON text. */
export function parse(text: string): Parsed {
  const value = json(text);
  if (value === undefined) return { kind: 'ignored', why: 'not-json' };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'ignored', why: 'not-object' };
  const { label, type, id, data } = value as Record<string, unknown>;
  if (label !== 'rtvi-ai') return { kind: 'ignored', why: 'label' };
  for (const [member, content] of Object.entries({ type, id })) {
    if (typeof content !== 'string') return { kind: 'invalid', problem: `${member} must be string` };
    if (content.length > nameLimit)
      return { kind: 'invalid', problem: `${member} must not be longer than ${nameLimit}` };
  }
  return { kind: 'message', envelope: { type: type as string, id: id as string, data: data ?? {} } };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
