import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SessionJournal } from '../../../src/signalling/opensips/session-journal.js';

const folder = mkdtempSync(join(tmpdir(), 'oavc-journal-'));
after(() => rmSync(folder, { recursive: true }));

test('what was not removed is there after a crash', () => {
  const file = join(folder, 'new', 'sessions');
  const journal = new SessionJournal(file);
  for (const key of ['a', 'b', 'c', 'a']) journal.add(key);
  journal.remove('b');
  journal.remove('unknown');
  assert.deepEqual(new SessionJournal(file).keys, ['a', 'c']);
});

test('a line that the crash tore, and rubbish, are left out', () => {
  const file = join(folder, 'torn');
  writeFileSync(file, '+a\nrubbish\n+b\n\u0000\n+');
  appendFileSync(file, 'half');
  assert.deepEqual(new SessionJournal(file).keys, ['a', 'b']);
  assert.equal(readFileSync(file, 'utf8'), '+a\n+b\n');
});

test('it does not grow with the calls that are over', () => {
  const file = join(folder, 'long');
  const journal = new SessionJournal(file);
  journal.add('stays');
  for (let n = 0; n < 20_000; n++) {
    journal.add(`call-${n}`);
    journal.remove(`call-${n}`);
  }
  assert.ok(readFileSync(file, 'utf8').length < 100_000);
  assert.deepEqual(new SessionJournal(file).keys, ['stays']);
});

test('a folder that goes away in between is told once, and harms no call', () => {
  const gone = join(folder, 'gone');
  const failures: unknown[] = [];
  const journal = new SessionJournal(join(gone, 'sessions'), (thrown) => failures.push(thrown));
  rmSync(gone, { recursive: true });
  for (const key of ['a', 'b']) journal.add(key);
  assert.deepEqual([journal.keys, failures.length], [['a', 'b'], 1]);
});

test('without a file it remembers as long as it lives', () => {
  const journal = new SessionJournal(undefined);
  journal.add('a');
  assert.deepEqual(journal.keys, ['a']);
});
