import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillPlaceholders } from '../../src/call/placeholders.js';
import { type PlanRequest, planCall } from '../../src/call/plan.js';
import { loadConfig } from '../../src/config/load.js';
import { extraParameters } from '../../src/signalling/opensips/extra-params.js';

const given = {
  'agent.sales.match': 'sales*',
  'agent.sales.prompt': 'You sell to {{ Caller }}.',
  'agent.sales.greeting': 'Hello {{name}}, this is {{called}}.',
  'agent.sales.voice': 'joe',
  'agent.bank.match': '*',
  'agent.bank.greeting': 'Bank.',
};
const commandLine = Object.entries(given).map(([key, text]) => ({ key, text, origin: 'test' }));
const { config } = loadConfig({ file: undefined, env: {}, commandLine });
const voices: Readonly<Record<string, string[]>> = { en: ['joe', 'amy'], tr: ['dfki'] };
const sources = { config, languages: ['en', 'tr'], voicesOf: (language: string) => voices[language] ?? [] };
const plan = (parameters: PlanRequest['parameters'], calledUser = 'sales7') =>
  planCall(sources, { callerUser: 'alice', calledUser, parameters });
const unmet = (parameters: PlanRequest['parameters']) => plan(parameters).unmet.map(({ message }) => message);

test('the called user picks the agent, and the placeholders are filled', () => {
  const { agent, prompt, greeting, settings, unmet: none } = plan({ name: 'Ann' });
  assert.deepEqual([agent, prompt, greeting], ['sales', 'You sell to alice.', 'Hello Ann, this is sales7.']);
  assert.deepEqual([settings.language, settings.voice, none], ['en', 'joe', []]);
});

test('an agent that was asked for wins over the called user; one that is not there falls back and is told', () => {
  assert.equal(plan({ agent: 'bank' }).agent, 'bank');
  assert.equal(plan({ agent: 'nobody', name: 'x' }).agent, 'sales');
  assert.match(unmet({ agent: 'nobody', name: 'x' }).join(), /call.agent expected sales or bank, got nobody/);
  assert.equal(plan({ agent: 'constructor', name: 'x' }).agent, 'sales');
});

test('language, voice, prompt and greeting of one call', () => {
  const other = plan({ language: 'tr', prompt: 'P', greeting: 'G' });
  assert.deepEqual([other.settings.language, other.settings.voice], ['tr', ''], "another language's own voice");
  assert.deepEqual([other.prompt, other.greeting, other.unmet], ['P', 'G', []]);
  assert.equal(plan({ name: 'x', language: 'tr', voice: 'dfki' }).settings.voice, 'dfki');
  assert.equal(plan({ name: 'x', voice: 'amy' }).settings.voice, 'amy');
  assert.equal(plan({ greeting: '' }).greeting, '', 'an empty greeting is none');
});

test('what no engine has falls back to what the agent has', () => {
  const { settings, unmet: two } = plan({ name: 'x', language: 'xx', voice: 'dfki' });
  assert.deepEqual([settings.language, settings.voice], ['en', 'joe']);
  assert.deepEqual(
    two.map(({ code }) => code),
    ['OPTION_INVALID', 'OPTION_INVALID'],
  );
  assert.match(unmet({ name: 'x', prompt: 'p'.repeat(9000) }).join(), /prompt expected at most 8192 characters/);
});

test('a placeholder without a value becomes nothing, and is told', () => {
  assert.equal(plan({}).greeting, 'Hello , this is sales7.');
  assert.match(unmet({}).join(), /greeting expected values, got none for name/);
  assert.deepEqual(fillPlaceholders('{{a}}{{b}}{{ a }} { {c}}', { a: '{{b}}' }), {
    text: '{{b}}{{b}} { {c}}',
    missing: ['b'],
  });
});

test('extra_params: one word, pairs or JSON; what cannot be read is left out', () => {
  assert.deepEqual(extraParameters('+4930*1'), { called: '+4930*1' });
  assert.deepEqual(extraParameters('agent=bank; Language = tr;x=a=b'), { agent: 'bank', language: 'tr', x: 'a=b' });
  assert.deepEqual(extraParameters('{"agent":"bank","n":7,"vip":true,"deep":{},"1x":"no"}'), {
    agent: 'bank',
    n: '7',
    vip: 'true',
  });
  for (const nothing of ['', 'two words', '{"a":', '[]', '{}']) assert.deepEqual(extraParameters(nothing), {});
  assert.equal(Object.keys(extraParameters([...Array(99).keys()].map((n) => `a${n}=1`).join(';'))).length, 64);
  assert.equal(Object.getPrototypeOf(extraParameters('{"__proto__":"x"}')), Object.prototype);
});
