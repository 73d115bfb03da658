import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { schemas } from '../../src/rtvi/schemas.js';
import { misfit } from '../../src/rtvi/validate.js';

const url = (path: string): string => new URL(`../../src/${path}`, import.meta.url).href;

test('the server of RTVI makes no code of strings, nor does it load the compiler of schemas', () => {
  const script = `
    const { misfit } = await import('${url('rtvi/validate.js')}');
    const { inbound } = await import('${url('rtvi/schemas.js')}');
    await import('${url('server/http.js')}');
    assert.throws(() => new Function('return 1'));
    const loaded = Object.keys((await import('node:module')).default._cache).filter((file) => /ajv.dist.(?!runtime)/.test(file));
    console.log(JSON.stringify([misfit(inbound.dtmf, { button: '1' }) ?? 'fits', misfit(inbound.dtmf, {}), loaded]));
  `;
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '-e'];
  const output = execFileSync(process.execPath, [...flags, `import assert from 'node:assert';${script}`], {
    encoding: 'utf8',
  });
  const [good, bad, compiler] = JSON.parse(output) as [string, string, string[]];
  assert.equal(good, 'fits');
  assert.match(bad, /must have required property/);
  assert.deepEqual(compiler, []);
});

test('every schema has its validator', () => {
  for (const [name, schema] of Object.entries(schemas)) assert.doesNotThrow(() => misfit(schema, undefined), name);
});

test('a schema that was never compiled is a fault of the program, not of the value', () => {
  assert.throws(() => misfit({ ...Object.values(schemas)[0] } as (typeof schemas)[string], {}), /npm run build/);
});
