import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { extractFile, extractFolder } from '../../src/models/archive.js';
import { moonshineTokens } from '../../src/models/moonshine-tokens.js';
import { metadataFields } from '../../src/models/onnx-metadata.js';
import { testFolder } from '../support/tiny-models/folder.js';

describe("Moonshine's tokens", () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  test('are listed with their ids; unused ids are left out', () => {
    const file = Uint8Array.from([2, 104, 105, 0, 1, 97]);
    assert.equal(moonshineTokens(file), `${base64('hi')} 0\n${base64('a')} 2\n`);
  });

  test('may be longer than 127 bytes: the length then takes two', () => {
    const long = 'x'.repeat(300);
    const file = Buffer.concat([Buffer.from([300 - 2 * 128 + 128, 2]), Buffer.from(long), Buffer.from([1, 97])]);
    assert.equal(moonshineTokens(file), `${base64(long)} 0\n${base64('a')} 1\n`);
  });

  test('a file that ends inside a token is refused', () => {
    assert.throws(() => moonshineTokens(Uint8Array.from([5, 97])), /ends inside token 0/);
    assert.equal(moonshineTokens(new Uint8Array()), '');
  });
});

test('metadata are fields 14 of the model, with key 1 and value 2', () => {
  const bytes = metadataFields({ ab: 'c' });
  assert.deepEqual([...bytes], [0x72, 7, 0x0a, 2, 97, 98, 0x12, 1, 99]);
  const long = metadataFields({ k: 'v'.repeat(300) });
  // 3 bytes of key, 1 + 2 + 300 of value: lengths over 127 take two bytes
  assert.deepEqual([...long.subarray(0, 3)], [0x72, (306 % 128) | 128, 2]);
  assert.equal(long.length, 3 + 306);
});

/** A zip of stored members, as in APPNOTE.TXT 4.3. */
function zip(members: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(members)) {
    const data = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, where, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(locals.length, 4);
  end.writeUInt16LE(locals.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

describe('an archive', () => {
  const dir = testFolder();
  const archive = join(dir, 'a.zip');

  test('gives a file, also behind another, and a folder', async () => {
    await writeFile(archive, zip({ 'a/one.txt': 'one', 'a/b/two.txt': 'two', 'c/three.txt': 'three' }));
    await extractFile(archive, 'a/one.txt', join(dir, 'joined'), false);
    await extractFile(archive, 'c/three.txt', join(dir, 'joined'), true);
    assert.equal(await readFile(join(dir, 'joined'), 'utf8'), 'onethree');
    await extractFolder(archive, 'a/', join(dir, 'out'));
    assert.equal(await readFile(join(dir, 'out', 'b', 'two.txt'), 'utf8'), 'two');
  });

  test('says what is not in it', async () => {
    await assert.rejects(extractFile(archive, 'no.txt', join(dir, 'x'), false), /no\.txt is not in the archive/);
    await assert.rejects(extractFolder(archive, 'no/', join(dir, 'x')), /no\/ is not in the archive/);
  });

  test('with a name that leaves the folder is refused', async () => {
    const evil = join(dir, 'evil.zip');
    await writeFile(evil, zip({ 'a/../../evil.txt': 'evil' }));
    await assert.rejects(extractFolder(evil, 'a/', join(dir, 'out')), /invalid relative path/);
  });

  test('that is none is refused', async () => {
    const rubbish = join(dir, 'rubbish.zip');
    await writeFile(rubbish, 'rubbish'.repeat(100));
    await assert.rejects(extractFolder(rubbish, 'a/', join(dir, 'out')));
  });
});
