/** The demo with its real models: a call that is heard, understood and answered. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readWav } from '../../src/caller/wav.js';
import { loadConfig } from '../../src/config/load.js';
import type { DemoReport } from '../../src/demo/report.js';
import { rms } from '../../src/media/voiced.js';
import { demoModels } from '../../src/models/catalog.js';
import { locateIn, modelsDir } from '../../src/models/store.js';

const mainFile = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const dir = modelsDir(loadConfig({ file: undefined, env: process.env, commandLine: [] }).config);
const missing = demoModels.filter((name) => locateIn(dir, name) === undefined);
const skip = missing.length === 0 ? false : `run "oavc models get ${missing.join(' ')}" first`;

test('every question is heard and answered, and both ends measure the same', { skip, timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oavc-real-'));
  const [reportFile, recording] = [join(folder, 'report.json'), join(folder, 'call.wav')];
  const demo = spawn(process.execPath, [mainFile, 'demo', '--report', reportFile, '--record', recording], {
    stdio: 'pipe',
  });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  const [code] = await once(demo, 'close');
  assert.equal(code, 0, output);
  const { turns, summary }: DemoReport = JSON.parse(readFileSync(reportFile, 'utf8'));
  assert.ok(turns.length >= 4);
  for (const { asked, sum_ms, felt_ms } of turns)
    assert.ok(Math.abs((sum_ms ?? 0) - (felt_ms ?? 0)) <= 60, `${asked}: sum ${sum_ms}, felt ${felt_ms}`);
  assert.equal(turns.filter(({ interrupted }) => interrupted).length, 1);
  assert.equal(summary?.metrics.interruption_count, 1);
  for (const channel of readWav(recording).channels) assert.ok(rms(channel) > 100, 'both sides can be heard');
  rmSync(folder, { recursive: true });
});
