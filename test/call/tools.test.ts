import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { carryOut } from '../../src/call/acts.js';
import { toolsets } from '../../src/call/tools.js';
import { loadConfig } from '../../src/config/load.js';
import { grammarSchema } from '../../src/engines/llm/grammar-schema.js';
import { testFolder } from '../support/tiny-models/folder.js';

const folder = testFolder();

function toolsOf(settings: Record<string, string>) {
  const commandLine = Object.entries(settings).map(([key, text]) => ({ key, text, origin: 'test' }));
  return toolsets(loadConfig({ file: undefined, env: {}, commandLine }).config).default ?? [];
}

const weather = {
  'agent.default.tools': 'weather, hang_up',
  'tool.weather.url': 'https://api.example.com/{city}?key=1',
  'tool.weather.parameters': '{"properties": {"city": {"type": "string"}}, "required": ["city"]}',
};

test('an agent has the tools that its section lists, and no others', () => {
  assert.deepEqual(
    toolsOf(weather).map(({ name }) => name),
    ['weather', 'hang_up'],
  );
  assert.deepEqual(toolsOf({ ...weather, 'agent.default.tools': '' }), []);
});

test('a schema may lie in a file', () => {
  const file = join(folder, 'weather.json');
  writeFileSync(file, weather['tool.weather.parameters']);
  const [tool] = toolsOf({ ...weather, 'tool.weather.parameters': file });
  assert.deepEqual(tool?.parameters.required, ['city']);
});

const refused: [string, Record<string, string>, RegExp][] = [
  ['a tool that nobody declared', { 'agent.default.tools': 'weathr' }, /agent.default.tools expected names out of/],
  ['a host that the caller would choose', { 'tool.weather.url': 'https://{city}/x' }, /host is no placeholder/],
  ['a port that the caller would choose', { 'tool.weather.url': 'https://a:{city}/x' }, /host is no placeholder/],
  ['an address that is none', { 'tool.weather.url': '' }, /expected an http or https address/],
  ['a placeholder that no argument fills', { 'tool.weather.url': 'https://a/{town}' }, /placeholders out of city/],
  ['a schema that is no JSON', { 'tool.weather.parameters': '{"type": ' }, /expected a JSON Schema/],
  ['a schema of something else', { 'tool.weather.parameters': '{"type": "string"}' }, /its type is not object/],
  ['a secret that is not there', { 'tool.weather.headers': 'X-Key: $OAVC_NO_SUCH' }, /environment variables.*OAVC_NO/],
  ['a header that is none', { 'tool.weather.headers': 'nothing' }, /expected Name: value/],
  ['a transfer to nowhere', { 'agent.default.tools': 'transfer' }, /transfer_to expected name=destination/],
];
for (const [what, change, message] of refused)
  test(`refused: ${what}`, () => assert.throws(() => toolsOf({ ...weather, ...change }), message));

test('refused: a schema that the engine cannot hold its model to, by tool and path', () => {
  const parameters = '{"properties": {"card": {"const": {"kind": "debit"}}}}';
  const commandLine = Object.entries({
    ...weather,
    'tool.weather.url': 'https://a/',
    'tool.weather.parameters': parameters,
  });
  const { config } = loadConfig({
    file: undefined,
    env: {},
    commandLine: commandLine.map(([key, text]) => ({ key, text, origin: 'test' })),
  });
  assert.equal(toolsets(config).default?.length, 2, 'another engine may take it');
  const message = /tool.weather.parameters expected .*properties.card.const expected text, a number/;
  assert.throws(() => toolsets(config, grammarSchema), { code: 'CONFIG_INVALID', message });
});

test('the model can hand over only to the names that are configured', async () => {
  const [tool] = toolsOf({
    'agent.default.tools': 'transfer',
    'agent.default.transfer_to': 'sales=sip:1@pbx, desk=+902120000000',
  });
  assert.deepEqual(tool?.parameters.properties, { to: { type: 'string', enum: ['sales', 'desk'] } });
});

test('an act is told once, and before a call that it ends is over', async () => {
  const order: unknown[] = [];
  const call = {
    hangup: async () => order.push('hung up') > 0,
    transfer: async () => {
      throw new Error('busy');
    },
    sendDigits: (digits: string) => void order.push(digits),
  };
  const tell = (result: unknown) => void order.push(result);
  const act = (name: string, given = {}) => carryOut({ id: '1', name, arguments: given }, call, {}, tell);
  await act('hang_up');
  await act('send_dtmf', { digits: '12#' });
  await act('transfer', { to: 'sales' });
  assert.deepEqual(order, [{ done: true }, 'hung up', '12#', { done: true }, { error: 'busy' }]);
});
