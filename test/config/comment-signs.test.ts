import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { loadConfig } from '../../src/config/load.js';

const file = join(mkdtempSync(join(tmpdir(), 'oavc-config-')), 'oavc.ini');
after(() => rmSync(join(file, '..'), { recursive: true }));

function hostOf(line: string): string {
  writeFileSync(file, `[trunk]\nregister = no\n${line}`);
  return loadConfig({ file, env: {}, commandLine: [] }).config.trunk.host;
}

describe('a value ends where a comment was meant to begin', () => {
  const rows: [line: string, host: string][] = [
    ['host = sip.example ; ours; since May', 'sip.example'],
    ['host = sip.example # ours', 'sip.example'],
    ['host = ; none', ''],
    ['host = "sip.example;transport=tcp"', 'sip.example;transport=tcp'],
    ['host = sip.example\\;transport=tcp', 'sip.example;transport=tcp'],
  ];
  for (const [line, host] of rows) test(line, () => assert.equal(hostOf(line), host));
});

describe('a value that would lose a part of itself is refused', () => {
  const rows: [line: string, sign: string][] = [
    ['host = sip.example;transport=tcp', ';'],
    ['host = sip.example#1', '#'],
    ['host = "sip.example;transport=tcp" ; by TCP', ';'],
  ];
  for (const [line, sign] of rows)
    test(line, () =>
      assert.throws(() => hostOf(line), {
        name: 'ConfigError',
        message: `option trunk.host expected double quotes around a value with ${sign} in it, and nothing behind them, got one that ends at ${sign} (from ${file}:3)`,
      }),
    );
});
