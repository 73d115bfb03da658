/**
 * What a client may send: one schema for each type, from which come types, validators (`compile-validators.ts`) and the
 * reference in `docs/rtvi.md`. Shapes follow the protocol reference; members that are not known are let through, and
 * null means absent.
 */
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { keyClass } from '../pipeline/keys.js';
import { services } from '../pipeline/services.js';

const loose = <T extends Record<string, TSchema>>(properties: T) => Type.Object(properties);
const maybe = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
/** Most characters of a text that is said, asked or put into the context. */
export const textLimit = 20_000;
const longText = Type.String({ maxLength: textLimit });
const name = Type.String({ minLength: 1, maxLength: 128 });
const nameValues = Type.Array(loose({ name, value: Type.Unknown() }), { maxItems: 64 });
const key = Type.String({ pattern: '^[0-9*#]$' });

const contextRole = Type.Union([Type.Literal('user'), Type.Literal('assistant'), Type.Literal('system')]);

export const configList = Type.Array(loose({ service: name, options: nameValues }), { maxItems: 64 });
const updateConfig = loose({ config: configList, interrupt: maybe(Type.Boolean()) });
const action = loose({ service: name, action: name, arguments: maybe(nameValues) });
const nothing = Type.Unknown();
const textOptions = loose({ run_immediately: maybe(Type.Boolean()), audio_response: maybe(Type.Boolean()) });

const audioForm = {
  sampleRate: Type.Integer({ minimum: 8000, maximum: 48_000 }),
  numChannels: Type.Integer({ minimum: 1, maximum: 2 }),
};

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
  'raw-audio': loose({ base64Audio: Type.String(), ...audioForm }),
  'raw-audio-batch': loose({ base64AudioBatch: Type.Array(Type.String(), { maxItems: 256 }), ...audioForm }),
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
  'describe-options': nothing,
  'list-calls': nothing,
  'focus-call': loose({ call_id: Type.String({ minLength: 1, maxLength: 256 }) }),
  'get-config-history': nothing,
  interrupt: nothing,
  'eval-context': loose({
    messages: Type.Array(loose({ role: contextRole, content: nothing }), { minItems: 1, maxItems: 64 }),
  }),
} as const;
export type ClientMessageType = keyof typeof clientMessages;
export type ClientMessageData<T extends ClientMessageType> = Static<(typeof clientMessages)[T]>;

/** Schemas of the arguments that actions take. */
export const argumentSchemas = {
  text: Type.String({ minLength: 1, maxLength: 20_000 }),
  destination: Type.String({ minLength: 1, maxLength: 512 }),
  flag: Type.Boolean(),
  digits: Type.Integer({ minimum: 0, maximum: 40 }),
  keys: Type.String({ pattern: `^${keyClass}{1,64}$` }),
  messages: Type.Array(
    Type.Object({
      role: contextRole,
      content: longText,
    }),
    { minItems: 1, maxItems: 64 },
  ),
} as const;

/** Body of `POST /calls`. Nothing else is let through: a mistyped wish must not be a call without it. */
export const placeRequest = Type.Object(
  {
    destination: Type.String({ minLength: 1, maxLength: 512 }),
    from: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    agent: Type.Optional(name),
    language: Type.Optional(name),
    voice: Type.Optional(name),
    prompt: Type.Optional(longText),
    greeting: Type.Optional(longText),
    variables: Type.Optional(Type.Record(Type.String({ maxLength: 128 }), longText, { maxProperties: 64 })),
  },
  { additionalProperties: false },
);

/** Everything that is held against a schema, under the name of its validator. */
export const schemas: Readonly<Record<string, TSchema>> = Object.fromEntries([
  ...named('message', inbound),
  ...named('request', clientMessages),
  ...named('argument', argumentSchemas),
  ...named('http', { placeRequest }),
  ...services.flatMap(({ name: service, options }) =>
    options.map((option): [string, TSchema] => [validatorName('option', `${service}_${option.name}`), option.schema]),
  ),
]);

function named(kind: string, list: Readonly<Record<string, TSchema>>): [string, TSchema][] {
  return Object.entries(list).map(([type, schema]) => [validatorName(kind, type), schema]);
}

function validatorName(kind: string, type: string): string {
  return `${kind}_${type.replace(/\W/g, '_')}`;
}

export const isInbound = (type: string): type is InboundType => Object.hasOwn(inbound, type);
export const isClientMessage = (t: string): t is ClientMessageType => Object.hasOwn(clientMessages, t);
