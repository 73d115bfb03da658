import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fetchModel, type Progress } from '../../src/models/fetch.js';
import type { Model, Source } from '../../src/models/model.js';
import { locateIn, SUMS_LOCK, verify } from '../../src/models/store.js';
import { type FileServer, startFileServer } from '../support/file-server.js';
import { testFolder } from '../support/tiny-models/folder.js';
import { writeTinyPiper } from '../support/tiny-models/piper.js';

const root = testFolder();
const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 251));
const sha256 = createHash('sha256').update(content).digest('hex');
const wrong = 'f'.repeat(64);
const fresh = (): Promise<string> => mkdtemp(join(root, 'models-'));

/** A catalogue of one model of one file. */
function one(sources: readonly Source[], sum?: string): readonly Model[] {
  const file = { name: 'model.bin', sources, ...(sum === undefined ? {} : { sha256: sum }) };
  return [
    {
      name: 'test',
      role: 'language',
      engine: 'llama',
      languages: ['en'],
      licence: 'none',
      about: 'of a test',
      checked: false,
      downloadBytes: content.length,
      diskBytes: content.length,
      files: [file],
    },
  ];
}

async function localFile(): Promise<Source> {
  const path = join(root, 'source.bin');
  await writeFile(path, content);
  return { kind: 'file', path };
}

describe('fetching a model', () => {
  test('puts it in place whole, can verify it, and does not fetch it twice', async () => {
    const dir = await fresh();
    const models = one([await localFile()], sha256);
    const model = await fetchModel('test', { dir, models });
    assert.deepEqual(await readFile(model.file('model.bin')), content);
    await verify(dir, 'test');
    assert.deepEqual(await readdir(join(dir, '.staging')), []);
    assert.equal((await fetchModel('test', { dir, models: one([], sha256) })).dir, model.dir);
  });

  test('notices on verify what was changed or taken away later', async () => {
    const dir = await fresh();
    const model = await fetchModel('test', { dir, models: one([await localFile()], sha256) });
    await writeFile(model.file('model.bin'), 'rotten');
    await assert.rejects(verify(dir, 'test'), { code: 'MODEL_CHECKSUM' });
    await assert.rejects(verify(dir, 'other'), { code: 'MODEL_MISSING' });
  });

  test('refuses a wrong sum, and leaves nothing in place', async () => {
    const dir = await fresh();
    await assert.rejects(fetchModel('test', { dir, models: one([await localFile()], wrong) }), {
      code: 'MODEL_CHECKSUM',
      message: new RegExp(`expected SHA-256 ${wrong}, got ${sha256}`),
    });
    assert.equal(locateIn(dir, 'test'), undefined);
  });

  test('goes on to the next source, and tells of all when none works', async () => {
    const dir = await fresh();
    const missing: Source = { kind: 'file', path: join(root, 'missing.bin') };
    await fetchModel('test', { dir, models: one([missing, await localFile()], sha256) });
    const noSource = fetchModel('test', { dir: await fresh(), models: one([missing, missing], sha256) });
    await assert.rejects(noSource, { code: 'MODEL_SOURCE', message: /ENOENT.*; .*ENOENT/ });
  });

  test('writes a sum that nobody knew into the lock file, and holds the next fetch to it', async () => {
    const dir = await fresh();
    await fetchModel('test', { dir, models: one([await localFile()]) });
    const sums = await readFile(join(dir, SUMS_LOCK), 'utf8');
    assert.deepEqual(JSON.parse(sums), { 'test/model.bin': sha256 });
    const other = await fresh();
    await writeFile(join(other, SUMS_LOCK), JSON.stringify({ 'test/model.bin': wrong }));
    await assert.rejects(fetchModel('test', { dir: other, models: one([await localFile()]) }), {
      code: 'MODEL_CHECKSUM',
    });
  });

  test('refuses to begin when the disk is too full', async () => {
    const full = fetchModel('test', {
      dir: await fresh(),
      models: one([await localFile()], sha256),
      freeBytes: async () => 100_000,
    });
    await assert.rejects(full, { code: 'MODEL_DISK', message: /1 MB of free disk are needed, 0 MB/ });
  });

  test('an unknown name is a clear error', async () => {
    await assert.rejects(fetchModel('nothing', { dir: await fresh() }), { code: 'MODEL_UNKNOWN' });
  });

  test('several processes at once: one fetches, all have it, and none leaves anything behind', async () => {
    const dir = await fresh();
    const source = await localFile();
    const child = fileURLToPath(new URL('../support/fetch-child.js', import.meta.url));
    const run = () => promisify(execFile)(process.execPath, [child, dir, JSON.stringify(one([source], sha256))]);
    const outputs = await Promise.all([run(), run(), run(), run(), run(), run()]);
    for (const { stdout } of outputs) assert.equal(stdout.trim(), join(dir, 'test'));
    await verify(dir, 'test');
    assert.deepEqual(await readdir(join(dir, '.staging')), []);
  });
});

describe('fetching from an address', () => {
  let server: FileServer;
  before(async () => {
    server = await startFileServer(content);
  });
  after(() => server.close());

  test('goes on where it broke off, and tells how far it is', async () => {
    const dir = await fresh();
    const models = one([{ kind: 'https', url: server.url }], sha256);
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): number => seen.push(progress);
    server.breakAfter(100_000);
    await assert.rejects(fetchModel('test', { dir, models, onProgress }), { code: 'MODEL_SOURCE' });
    const kept = seen.at(-1)?.bytes ?? 0;
    assert.ok(kept > 0 && kept <= 100_000, String(kept));
    server.breakAfter(Number.POSITIVE_INFINITY);
    await fetchModel('test', { dir, models, onProgress });
    assert.equal(server.ranges.at(-1), `bytes=${kept}-`);
    assert.deepEqual(seen.at(-1), { model: 'test', bytes: content.length, totalBytes: content.length });
    assert.ok(
      seen.every(({ bytes }, at) => bytes >= (seen[at - 1]?.bytes ?? 0)),
      'progress never goes back',
    );
  });

  test('begins again when the file has changed meanwhile', async () => {
    const dir = await fresh();
    server.serve(Buffer.from('an older file, and a longer one than it will be'));
    server.breakAfter(20);
    const models = one([{ kind: 'https', url: server.url }], sha256);
    await assert.rejects(fetchModel('test', { dir, models }), { code: 'MODEL_SOURCE' });
    server.serve(content);
    await fetchModel('test', { dir, models });
    await verify(dir, 'test');
  });

  test('stops at an abort', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const models = one([{ kind: 'https', url: server.url }], sha256);
    await assert.rejects(fetchModel('test', { dir: await fresh(), models, signal }), /enough/);
  });

  test('says why when nobody is there', async () => {
    const gone = await startFileServer(content);
    gone.close();
    const models = one([{ kind: 'https', url: gone.url }], sha256);
    await assert.rejects(fetchModel('test', { dir: await fresh(), models }), /cannot be reached: .*ECONNREFUSED/);
  });

  test('plain http is only for this machine', async () => {
    const models = one([{ kind: 'https', url: 'http://models.example/model.bin' }], sha256);
    await assert.rejects(fetchModel('test', { dir: await fresh(), models }), /is not an https address/);
  });
});

test('a Piper voice is made ready once, after the sums were checked', async () => {
  const dir = await fresh();
  const raw = join(root, 'raw');
  await mkdir(raw, { recursive: true });
  await writeTinyPiper(raw);
  const file = async (name: string) => {
    const path = join(raw, name);
    const sum = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    return { name, sha256: sum, sources: [{ kind: 'file' as const, path }] };
  };
  const [base] = one([]);
  assert.ok(base);
  const voice: Model = { ...base, conversion: 'piper', files: [await file('voice.onnx'), await file('voice.json')] };
  const model = await fetchModel('test', { dir, models: [voice] });
  const ready = await readFile(model.file('voice.onnx'));
  assert.ok(ready.includes('sample_rate') && ready.includes('22050') && ready.includes('vits'));
  assert.match(await readFile(model.file('tokens.txt'), 'utf8'), /^_ 0\n\^ 1\n/);
  assert.ok(existsSync(model.file('manifest.json')));
  await verify(dir, 'test');
});
