import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalog, demoModels, modelNamed } from '../../src/models/catalog.js';

describe('the catalogue', () => {
  test('names each model once, and each file of a model once', () => {
    const names = catalog.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, files } of catalog)
      assert.equal(new Set(files.map((file) => file.name)).size, files.length, name);
  });

  test('has what each model needs, and the models of the demo', () => {
    for (const { needs = [] } of catalog) for (const name of needs) assert.equal(modelNamed(name).name, name);
    for (const name of demoModels) assert.ok(modelNamed(name).checked, name);
  });

  test('a model that we have checked is held to its sums; every sum is one', () => {
    for (const model of catalog) {
      for (const { sha256 } of model.files) if (sha256 !== undefined) assert.match(sha256, /^[0-9a-f]{64}$/);
      if (demoModels.includes(model.name))
        assert.ok(
          model.files.every(({ sha256 }) => sha256 !== undefined),
          model.name,
        );
    }
  });

  test('addresses are https, packages are pinned, and no source is a path of some machine', () => {
    for (const source of catalog.flatMap(({ files }) => files).flatMap(({ sources }) => sources)) {
      assert.notEqual(source.kind, 'file');
      if (source.kind === 'https') assert.equal(new URL(source.url).protocol, 'https:');
      if (source.kind === 'python') for (const { version } of source.members) assert.match(version, /^\d+(\.\d+)+$/);
    }
  });

  test('folders come from folders', () => {
    for (const file of catalog.flatMap(({ files }) => files))
      for (const source of file.sources) {
        if (source.kind === 'python')
          for (const { member } of source.members) assert.equal(member.endsWith('/'), file.name.endsWith('/'), member);
        if (source.kind === 'https') assert.equal(source.member?.endsWith('/') ?? false, file.name.endsWith('/'));
      }
  });

  test('says size, licence and use of each', () => {
    for (const { name, downloadBytes, diskBytes, licence, about, languages } of catalog) {
      assert.ok(downloadBytes > 1e6 && diskBytes > 1e6, name);
      assert.ok(licence !== '' && about !== '' && languages.length > 0, name);
    }
  });

  test('an unknown name is an error that lists the known ones', () => {
    assert.throws(() => modelNamed('gpt'), { code: 'MODEL_UNKNOWN', message: /moonshine-base-en, vosk-ko/ });
  });
});
