/** With RTVI off nothing of it is loaded: what the program loads at its start does not lead there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles, typescriptImports } from '../support/import-lines.js';

const lines = sourceFiles('src', ['.ts']).flatMap(typescriptImports);

/** Files that are loaded with `entry`, without what is loaded later and on demand. */
function loadedWith(entry: string): Set<string> {
  const loaded = new Set([entry]);
  for (const file of loaded)
    for (const { from, to, isPackage, typesOnly, dynamic } of lines)
      if (from === `${file}.ts` && !isPackage && !typesOnly && !dynamic) loaded.add(to);
  return loaded;
}

test('neither main nor serve loads RTVI or its server', () => {
  const loaded = new Set([...loadedWith('main'), ...loadedWith('serve')]);
  assert.ok(loaded.has('observer/observer') && loaded.has('pipeline/pipeline'), 'the files were followed');
  assert.deepEqual(
    [...loaded].filter((file) => /^(rtvi|server)\//.test(file)),
    [],
  );
});

test('serve loads its server on demand', () => {
  const onDemand = lines.filter(({ from, dynamic }) => from === 'serve.ts' && dynamic).map(({ to }) => to);
  assert.deepEqual(onDemand, ['server/http']);
});
