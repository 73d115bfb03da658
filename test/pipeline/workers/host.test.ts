import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testFolder } from '../../support/tiny-models/folder.js';
import { writeTinyGguf } from '../../support/tiny-models/gguf.js';

const child = fileURLToPath(new URL('../../support/dying-worker.js', import.meta.url));

test('a language worker that dies or is stuck in the middle of an answer takes nobody with it', async () => {
  const model = await writeTinyGguf(join(testFolder(), 'tiny.gguf'));
  const { stdout } = await promisify(execFile)(process.execPath, [child, model], { timeout: 60_000 });
  const [thrown = '', stuck] = stdout.trim().split('\n');
  assert.match(thrown, /undefined/);
  assert.equal(stuck, 'stuck');
});
