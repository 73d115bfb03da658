import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SettingsInForce } from '../../src/call/call-settings.js';
import { initialSettings } from '../../src/call/settings.js';
import { loadConfig } from '../../src/config/load.js';
import type { CallSettings } from '../../src/pipeline/services.js';

const commandLine = [{ key: 'agent.sales.match', text: '*', origin: 'test' }];
const { config } = loadConfig({ file: undefined, env: {}, commandLine });
const [agent] = Object.values(config.agent);
assert.ok(agent);
const first = { ...initialSettings(config, agent), language: 'en', voice: 'joe' };
const voices: Readonly<Record<string, string[]>> = { en: ['joe', 'amy'], tr: ['dfki'] };
const known = { languages: ['en', 'tr'], voicesOf: (language: string) => voices[language] ?? [] };

/** As a call applies patches: what changed by each, and the voice at the end. */
function apply(...patches: Partial<CallSettings>[]): { changed: string[][]; voice: string } {
  const settings = new SettingsInForce(first, known);
  const changed = patches.map((patch) =>
    settings.update(settings.completed(patch), 'test').map(({ setting, to }) => `${setting}=${to}`),
  );
  return { changed, voice: settings.now.voice };
}

test('another language speaks with its usual voice, and says that the voice changed', () => {
  assert.deepEqual(apply({ language: 'tr' }), { changed: [['language=tr', 'voice=']], voice: '' });
  assert.equal(apply({ voice: 'amy' }, { language: 'tr' }).voice, '');
});

test('a voice that comes with the language is taken', () => {
  assert.equal(apply({ language: 'tr', voice: 'dfki' }).voice, 'dfki');
  assert.throws(() => apply({ language: 'tr', voice: 'amy' }), /voice expected dfki, got amy/);
});

test('back in the language of the call, its own voice speaks again', () => {
  assert.deepEqual(apply({ language: 'tr' }, { language: 'en' }).changed[1], ['language=en', 'voice=joe']);
});

test('the language that is in force already changes no voice', () => {
  assert.deepEqual(apply({ voice: 'amy' }, { language: 'en' }), { changed: [['voice=amy'], []], voice: 'amy' });
});
