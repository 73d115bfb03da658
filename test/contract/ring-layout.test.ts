import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadAddon } from '../../src/media/addon.js';
import { heardLayout, spokenLayout, supervisorLayout } from '../../src/media/ring-layout.js';
import { sourceFiles } from '../support/import-lines.js';

/** The constants of a namespace of layout.h: `kMarkNs = 392` becomes `markNs: 392`. */
function headerConstants(namespace: string): Record<string, number> {
  const text = (sourceFiles('native/ring', ['layout.h'])[0]?.text ?? '').replace(/\/\/.*/g, '');
  const body = new RegExp(`namespace ${namespace} \\{([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? '';
  const found: Record<string, number> = {};
  for (const [, name = '', value = ''] of body.matchAll(/\bk(\w+)\s*=\s*([^;]+);/g))
    found[name.charAt(0).toLowerCase() + name.slice(1)] = evaluate(value.replace(/std::\w+\{(\w+)\}/g, '$1'), found);
  return found;
}

/** `kSamples + kCapacity * 2`, or a number; conversions are left out before. */
function evaluate(expression: string, known: Record<string, number>): number {
  const valueOfName = (name: string): number => known[name.charAt(1).toLowerCase() + name.slice(2)] ?? Number(name);
  return expression
    .split('+')
    .map((term) => term.split('*').reduce((product, factor) => product * valueOfName(factor.trim()), 1))
    .reduce((sum, term) => sum + term, 0);
}

describe('both languages have one layout of the rings', () => {
  const layouts = { heard: heardLayout, spoken: spokenLayout, supervisor: supervisorLayout };
  for (const [name, layout] of Object.entries(layouts))
    test(`${name}: layout.h and ring-layout.ts`, () => assert.deepEqual(headerConstants(name), { ...layout }));

  test('the built addon and ring-layout.ts', () => {
    const [heard, spoken, supervisor] = [{ ...heardLayout }, { ...spokenLayout }, { ...supervisorLayout }];
    assert.deepEqual(loadAddon().layout, { heard, spoken, supervisor });
  });

  test("a supervisor's ring has the header of the spoken one", () =>
    assert.equal(supervisorLayout.samples, spokenLayout.samples));
});

test('what two threads write lies in different cache lines', () => {
  const line = (offset: number) => Math.floor(offset / 128);
  for (const { write, read } of [heardLayout, spokenLayout]) assert.notEqual(line(write), line(read));
  const javascript = [spokenLayout.write, spokenLayout.discardTo].map(line);
  const written = [spokenLayout.read, spokenLayout.played].map(line);
  assert.equal(
    javascript.some((each) => written.includes(each)),
    false,
  );
});
