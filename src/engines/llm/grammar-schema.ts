/**
 * JSON Schema (draft 2020-12) → what node-llama-cpp makes a grammar of. The grammar of what it does not know would let
 * the model write nothing that the validator takes, so such a schema is refused; what only narrows a value (`pattern`,
 * `minimum`, other formats) is left to the validator. All declared properties are written, required or not.
 */
import type { GbnfJsonObjectSchema } from 'node-llama-cpp';

type Json = Readonly<Record<string, unknown>>;
type Made = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isLiteral = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const formats = ['date', 'time', 'date-time'];
const scalars = ['string', 'number', 'integer', 'boolean', 'null'];
/** Schemas beside the shape that could ask for properties which the grammar would not write. */
const notKnown = ['allOf', 'patternProperties', 'dependentSchemas', 'not', 'if', '$dynamicRef'];

/** Throws an Error that names the place: `properties.card.const expected …, got …`. */
export const grammarSchema = (schema: Json): GbnfJsonObjectSchema =>
  converted(schema, '', schema) as GbnfJsonObjectSchema;

const wrong = (path: string, expected: string, got: unknown): Error =>
  new Error(`${path === '' ? 'it' : path} expected ${expected}, got ${JSON.stringify(got)}`);
const below = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);

function converted(schema: unknown, path: string, root: Json): Made {
  if (!isObject(schema)) throw wrong(path, 'a schema with a type', schema);
  const strange = notKnown.find((key) => schema[key] !== undefined);
  if (strange) throw wrong(path, 'a schema that the grammar of llama can hold the model to', strange);
  const { $defs } = schema;
  const defs = isObject($defs) ? { $defs: each($defs, below(path, '$defs'), root) } : {};
  return { ...shapeOf(schema, path, root), ...defs };
}

const each = (schemas: Json, path: string, root: Json): Made =>
  Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, converted(one, below(path, name), root)]));

function shapeOf(schema: Json, path: string, root: Json): Made {
  if (schema.$ref !== undefined) return reference(schema.$ref, below(path, '$ref'), root);
  if (schema.oneOf !== undefined || schema.anyOf !== undefined) return alternatives(schema, path, root);
  if (schema.const !== undefined) return { const: literal(schema.const, below(path, 'const')) };
  if (schema.enum !== undefined)
    return { enum: list(schema.enum, below(path, 'enum')).map(([one, at]) => literal(one, at)) };
  return typed(schema, path, root);
}

function reference($ref: unknown, path: string, { $defs }: Json): Made {
  const name = /^#\/\$defs\/([^/]+)$/.exec(String($ref))?.[1];
  if (name !== undefined && isObject($defs) && Object.hasOwn($defs, name)) return { $ref };
  throw wrong(path, 'the name of one of its own $defs, as #/$defs/NAME', $ref);
}

/** What stands beside them would be lost. */
function alternatives({ oneOf, anyOf, properties }: Json, path: string, root: Json): Made {
  const key = oneOf === undefined ? 'anyOf' : 'oneOf';
  const lost = Object.keys(properties ?? {});
  if (lost.length > 0) throw wrong(below(path, key), 'no properties beside it', lost);
  return { oneOf: list(oneOf ?? anyOf, below(path, key)).map(([one, at]) => converted(one, at, root)) };
}

function literal(value: unknown, path: string): unknown {
  if (isLiteral(value)) return value;
  throw wrong(path, 'text, a number, true, false or null', value);
}

function list(values: unknown, path: string): [unknown, string][] {
  if (!Array.isArray(values) || values.length === 0) throw wrong(path, 'a list', values);
  return values.map((value, at) => [value, below(path, at)]);
}

function typed(schema: Json, path: string, root: Json): Made {
  const type = schema.type ?? (schema.properties === undefined ? undefined : 'object');
  if (Array.isArray(type))
    return { oneOf: type.map((one) => converted({ ...schema, type: one, $defs: undefined }, path, root)) };
  if (type === 'object') return object(schema, path, root);
  if (type === 'array') return array(schema, path, root);
  if (!scalars.includes(String(type)))
    throw wrong(below(path, 'type'), `one of object, array, ${scalars.join(', ')}`, type);
  const { minLength, maxLength, format } = schema;
  if (type !== 'string') return { type };
  return formats.includes(String(format)) ? { type, format } : defined({ type, minLength, maxLength });
}

function object(
  { properties, additionalProperties: more, minProperties, maxProperties }: Json,
  path: string,
  root: Json,
): Made {
  const known = isObject(properties) ? each(properties, below(path, 'properties'), root) : undefined;
  const additionalProperties = isObject(more) ? converted(more, below(path, 'additionalProperties'), root) : more;
  return defined({ type: 'object', properties: known, additionalProperties, minProperties, maxProperties });
}

function array({ items, prefixItems, minItems, maxItems }: Json, path: string, root: Json): Made {
  const all = isObject(items) ? converted(items, below(path, 'items'), root) : undefined;
  const at = below(path, 'prefixItems');
  const first =
    prefixItems === undefined ? undefined : list(prefixItems, at).map(([one, to]) => converted(one, to, root));
  return defined({ type: 'array', items: all, prefixItems: first, minItems, maxItems });
}

const defined = (made: Made): Made =>
  Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined));
