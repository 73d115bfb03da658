import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agree } from '../../src/rtvi/generation.js';

const compatibility = 'Compatibility issues may occur.';
const rows: [version: string | undefined, generation: string, answer: string, warning?: string][] = [
  [undefined, '0.x', '0.3.0'],
  ['0.3.0', '0.x', '0.3.0'],
  ['1.0.0', '1.x', '1.0.0'],
  ['1.1.0', '1.x', '1.1.0'],
  ['1.2.0', '1.2', '1.2.0'],
  ['1.4.0', '1.2', '1.4.0'],
  ['2.0.0', '2.x', '2.2.0'],
  ['2.1.0', '2.x', '2.2.0'],
  ['2.2.0', '2.2', '2.2.0'],
  ['2.3.0', '2.2', '2.2.0'],
  ['9.0.0', '2.x', '2.2.0', `RTVI version 9.0.0 is not compatible with server protocol 2.2.0. ${compatibility}`],
  ['banana', '2.x', '2.2.0', `Invalid client version format (banana). ${compatibility}`],
  ['2.1', '2.x', '2.2.0', `Invalid client version format (2.1). ${compatibility}`],
  ['2.1.0-beta', '2.x', '2.2.0', `Invalid client version format (2.1.0-beta). ${compatibility}`],
  ['', '2.x', '2.2.0', `Invalid client version format (). ${compatibility}`],
];
for (const [version, generation, answer, warning] of rows)
  test(`version ${version ?? '(none)'} is served as ${generation}`, () => {
    assert.deepEqual(agree(version), { generation, answer, ...(warning !== undefined && { warning }) });
  });
