/** The example script, as a user runs it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDesk } from './desk.js';

const script = fileURLToPath(new URL('../../../examples/watch.mjs', import.meta.url));

test('examples/watch.mjs shows what is said, and steers', { timeout: 20_000 }, async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const child = spawn(process.execPath, [script, `ws://127.0.0.1:${desk.server.port}/rtvi`]);
  context.after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (fits: RegExp): Promise<string> => {
    for (let next = await lines.next(); !next.done; next = await lines.next())
      if (fits.test(next.value)) return next.value;
    throw new Error(`no line like ${fits} came`);
  };
  await line(/^connected, RTVI 2\.2\.0/);
  call.happen({ type: 'transcript-final', text: 'hello there', confidence: 1, language: 'en', turn: 1 });
  assert.equal(await line(/^caller/), 'caller: hello there');
  child.stdin.write('mute\n');
  assert.match(await line(/^action/), /"result":true/);
  child.stdin.write('speed 99\n');
  await line(/^refused: .*speed/);
  child.stdin.write('hangup\n');
  await line(/^opensips-call-ended/);
  assert.deepEqual(call.asked, ['hangup client-hangup']);
});
