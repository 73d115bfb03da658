import assert from 'node:assert/strict';
import { test } from 'node:test';
import { services } from '../../src/pipeline/services.js';
import { configOf, describedConfig, patchOf } from '../../src/rtvi/services.js';
import { settings } from './recorded-call.js';

test('every service is described, by the type names of RTVI', () => {
  assert.deepEqual(describedConfig(), [
    {
      name: 'vosk_stt',
      options: [
        { name: 'language', type: 'string' },
        { name: 'confidence', type: 'number' },
        { name: 'confidence_threshold', type: 'number' },
      ],
    },
    {
      name: 'llama_llm',
      options: [
        { name: 'temperature', type: 'number' },
        { name: 'max_tokens', type: 'number' },
      ],
    },
    {
      name: 'piper_tts',
      options: [
        { name: 'voice', type: 'string' },
        { name: 'speed', type: 'number' },
      ],
    },
    {
      name: 'opensips_call',
      options: [
        { name: 'volume', type: 'number' },
        { name: 'mute_enabled', type: 'bool' },
      ],
    },
  ]);
});

test('the configuration has an entry and a value for every option', () => {
  const config = configOf(settings) as { service: string; options: { name: string; value: unknown }[] }[];
  assert.deepEqual(
    config.map(({ service }) => service),
    services.map(({ name }) => name),
  );
  for (const { options } of config) for (const { value } of options) assert.notEqual(value, undefined);
});

const one = (service: string, name: string, value?: unknown) => [{ service, options: [{ name, value }] }];

const accepted: [what: string, config: Parameters<typeof patchOf>[0], patch: object][] = [
  ['nothing', [], {}],
  ['a number at its bound', one('piper_tts', 'speed', 2), { speed: 2 }],
  ['a boolean', one('opensips_call', 'mute_enabled', true), { muted: true }],
  [
    'several services',
    [...one('llama_llm', 'max_tokens', 50), ...one('vosk_stt', 'language', 'tr')],
    { maxTokens: 50, language: 'tr' },
  ],
  [
    'two names of one setting: the later',
    [...one('vosk_stt', 'confidence', 0.1), ...one('vosk_stt', 'confidence_threshold', 0.2)],
    { confidenceThreshold: 0.2 },
  ],
];
for (const [what, config, patch] of accepted)
  test(`an update with ${what} is accepted`, () => assert.deepEqual(patchOf(config), patch));

const refused: [what: string, config: Parameters<typeof patchOf>[0], why: RegExp][] = [
  ['an unknown service', one('nobody', 'x', 1), /one of vosk_stt/],
  ['an unknown option', one('piper_tts', 'colour', 1), /has no option colour; it has voice, speed/],
  ['a number out of range', one('llama_llm', 'temperature', 2.1), /temperature expected number 0 to 2, got 2.1/],
  ['a number as text', one('llama_llm', 'temperature', '1'), /expected number 0 to 2, got "1"/],
  ['a fraction of a token', one('llama_llm', 'max_tokens', 1.5), /expected integer 1 to 4096, got 1.5/],
  ['a boolean as number', one('opensips_call', 'mute_enabled', 1), /expected boolean, got 1/],
  ['no value', one('opensips_call', 'volume'), /expected number 0 to 2, got nothing/],
  ['a good entry before a bad one', [...one('piper_tts', 'speed', 1.2), ...one('piper_tts', 'speed', 9)], /got 9/],
];
for (const [what, config, why] of refused)
  test(`an update with ${what} is refused`, () => assert.throws(() => patchOf(config), { message: why }));
