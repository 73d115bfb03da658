/** A folder that a test file has to itself, and that is gone when the file has run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export function testFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'oavc-test-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
