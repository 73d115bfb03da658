import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';
import { grammarSchema } from '../../../src/engines/llm/grammar-schema.js';

const object = (properties: object, more = {}) => ({ type: 'object', properties, ...more });

const taken: [string, Record<string, unknown>, unknown][] = [
  [
    'what the validator sees to is left to it',
    object({
      mail: { type: 'string', format: 'email', pattern: '@', minLength: 3 },
      age: { type: 'integer', minimum: 1 },
    }),
    object({ mail: { type: 'string', minLength: 3 }, age: { type: 'integer' } }),
  ],
  [
    'alternatives and lists of types',
    object({ a: { anyOf: [{ type: 'null' }, { type: 'object', properties: {} }] }, b: { type: ['array', 'null'] } }),
    object({ a: { oneOf: [{ type: 'null' }, object({})] }, b: { oneOf: [{ type: 'array' }, { type: 'null' }] } }),
  ],
  [
    'definitions, lists and dates',
    object(
      { days: { type: 'array', items: { $ref: '#/$defs/day' }, minItems: 1 } },
      { $defs: { day: { type: 'string', format: 'date' } }, additionalProperties: false },
    ),
    object(
      { days: { type: 'array', items: { $ref: '#/$defs/day' }, minItems: 1 } },
      { $defs: { day: { type: 'string', format: 'date' } }, additionalProperties: false },
    ),
  ],
];
for (const [what, schema, expected] of taken)
  test(`taken: ${what}, and llama.cpp makes a grammar of it`, async () => {
    const made = grammarSchema(schema);
    assert.deepEqual(made, expected);
    const llama: Llama = await getLlama({
      build: 'never',
      gpu: false,
      skipDownload: true,
      logLevel: LlamaLogLevel.disabled,
    });
    await llama.createGrammarForJsonSchema(made);
    await llama.dispose();
  });

const refused: [string, object, RegExp][] = [
  [
    'an object as const',
    { const: {} },
    /^properties\.x\.const expected text, a number, true, false or null, got \{\}$/,
  ],
  ['a list in an enum', { enum: ['a', []] }, /^properties\.x\.enum\.1 expected text/],
  ['nothing that says what it is', { description: 'a thing' }, /^properties\.x\.type expected one of object/],
  ['a type that there is not', { type: 'text' }, /^properties\.x\.type expected one of .*got "text"$/],
  ['a definition that there is not', { $ref: '#/$defs/y' }, /^properties\.x\.\$ref expected the name of one/],
  ['another document', { $ref: 'https://a/b' }, /^properties\.x\.\$ref expected/],
  ['all of several schemas', { allOf: [{ type: 'string' }] }, /^properties\.x expected .* got "allOf"$/],
  ['deep in a list', { type: 'array', items: { enum: [] } }, /^properties\.x\.items\.enum expected a list/],
  ['properties that alternatives would hide', { ...object({ y: { type: 'null' } }), oneOf: [object({})] }, /beside it/],
];
for (const [what, x, message] of refused)
  test(`refused: ${what}`, () => assert.throws(() => grammarSchema(object({ x })), { message }));
