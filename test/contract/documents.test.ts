import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { commandPage } from '../../src/cli/document.js';
import { program } from '../../src/cli.js';
import { papers } from '../../src/config/document.js';
import { options } from '../../src/config/options.js';
import { errorCodes } from '../../src/errors.js';

/** Seen from `dist/test/contract`. */
const document = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

describe('the generated pages are what the generator writes (else: node dist/src/main.js config --docs)', () => {
  for (const [name, text] of Object.entries({ ...papers(), 'cli.md': commandPage(program()) }))
    test(name, () => assert.equal(document(name), text));
});

test('every error code has its entry, and every entry is a code', () => {
  const documented = [...document('errors.md').matchAll(/^## (.+)$/gm)].map(([, code]) => code);
  assert.deepEqual(documented, errorCodes);
});

test('every option, variable and flag is in the papers', () => {
  const configuration = document('configuration.md');
  const cli = document('cli.md');
  for (const { name, schema } of options) {
    assert.ok(configuration.includes(`| \`${name}\` |`), `option ${name}`);
    if (schema.env) assert.ok(configuration.includes(`\`${schema.env}\``), `variable ${schema.env}`);
    if (schema.flag) assert.ok(cli.includes(`--${schema.flag}`), `flag ${schema.flag}`);
  }
});
