import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../../src/config/load.js';
import { printIni, printJson } from '../../src/config/print.js';
import type { Setting } from '../../src/config/sources.js';

const folder = mkdtempSync(join(tmpdir(), 'oavc-print-'));
after(() => rmSync(folder, { recursive: true }));

const set = (key: string, text: string): Setting => ({ key, text, origin: `command line --set ${key}` });
const commandLine = [
  set('sip.port', '5070'),
  set('rtvi.token', 'hunter2'),
  set('agent.bank.prompt', 'Be short; be kind. # = "quoted" \\ '),
  set('agent.bank.greeting', 'Line one\nline two'),
  set('agent.bank.apology', 'Sorry; again'),
];

test('what is printed can be read again, and means the same', () => {
  const loaded = loadConfig({ file: undefined, env: {}, commandLine });
  const file = join(folder, 'effective.ini');
  writeFileSync(file, printIni(loaded).replace('********', 'hunter2'));
  assert.deepEqual(loadConfig({ file, env: {}, commandLine: [] }).config, loaded.config);
});

test('each value has its origin behind it', () => {
  const text = printIni(loadConfig({ file: undefined, env: { SIP_IP: '127.0.0.2' }, commandLine }));
  assert.match(text, /^port = 5070 +; command line --set sip\.port$/m);
  assert.match(text, /^ip = 127\.0\.0\.2 +; environment SIP_IP$/m);
  assert.match(text, /^max = 200 +; default$/m);
});

test('secrets are masked in both forms', () => {
  const loaded = loadConfig({ file: undefined, env: {}, commandLine });
  for (const text of [printIni(loaded), printJson(loaded)]) {
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /\*{8}/);
  }
});

test('the JSON form keeps types', () => {
  const tree = JSON.parse(printJson(loadConfig({ file: undefined, env: {}, commandLine })));
  assert.deepEqual(tree.sip.port, { value: 5070, origin: 'command line --set sip.port' });
  assert.deepEqual(tree.rtvi.enabled, { value: false, origin: 'default' });
  assert.equal(tree['agent.bank'].greeting.value, 'Line one\nline two');
});
