import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commandPage } from '../../src/cli/document.js';
import { program } from '../../src/cli.js';
import { papers } from '../../src/config/document.js';
import { loadConfig } from '../../src/config/load.js';
import { options } from '../../src/config/options.js';
import { errorCodes } from '../../src/errors.js';
import { withReference } from '../../src/rtvi/document.js';

/** Seen from `dist/test/contract`. */
const document = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('the generated pages are what the generator writes (else: node dist/src/main.js config --docs)', () => {
  const rtvi = { 'docs/rtvi.md': withReference(document('docs/rtvi.md')) };
  for (const [name, text] of Object.entries({ ...papers(), 'docs/cli.md': commandPage(program()), ...rtvi }))
    test(name, () => assert.equal(document(name), text));
});

test('every error code has its entry, and every entry is a code', () => {
  const documented = [...document('docs/errors.md').matchAll(/^## (.+)$/gm)].map(([, code]) => code);
  assert.deepEqual(documented, errorCodes);
});

test('every option, variable and flag is in the papers', () => {
  const configuration = document('docs/configuration.md');
  const cli = document('docs/cli.md');
  for (const { name, schema } of options) {
    assert.ok(configuration.includes(`| \`${name}\` |`), `option ${name}`);
    if (schema.env) assert.ok(configuration.includes(`\`${schema.env}\``), `variable ${schema.env}`);
    if (schema.flag) assert.ok(cli.includes(`--${schema.flag}`), `flag ${schema.flag}`);
  }
});

test('the example files can be read, and the full one changes nothing', () => {
  const path = (name: string) => fileURLToPath(new URL(`../../../config/${name}`, import.meta.url));
  const load = (file: string | undefined) => loadConfig({ file, env: {}, commandLine: [] }).config;
  assert.deepEqual(load(path('oavc.full.ini')), load(undefined));
  assert.equal(load(path('oavc.minimal.ini')).opensips.enabled, true);
});

test('the full example, with every option set to what it shows, changes nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oavc-example-'));
  const file = join(folder, 'all.ini');
  writeFileSync(file, document('config/oavc.full.ini').replace(/^;(?=\w+ =)/gm, ''));
  const { config } = loadConfig({ file, env: {}, commandLine: [] });
  rmSync(folder, { recursive: true });
  const tool = { example: config.tool.example };
  assert.deepEqual(config, { ...loadConfig({ file: undefined, env: {}, commandLine: [] }).config, tool });
});
