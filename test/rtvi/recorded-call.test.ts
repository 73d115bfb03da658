/**
 * docs/rtvi-call.md is a recorded call. A call like it is made again, and what the page shows has to be what is said
 * now: OAVC_RECORD=1 writes the page anew.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';
import { generations, nameOf, type Recording, readBlock, recordCall, type Said, shorten } from './call-recording.js';

const file = fileURLToPath(new URL('../../../docs/rtvi-call.md', import.meta.url));
const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
let server: TestServer;
before(async () => {
  const engines = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
  server = await runServer({ ...engines, 'turn.silence_ms': '400', 'rtvi.enabled': 'true', 'rtvi.port': '0' });
});
after(() => server.stop());

const blockOf = (generation: string): RegExp =>
  new RegExp(`(<!-- recorded ${generation.replace('.', '\\.')} -->\n\`\`\`text\n)([^]*?)(\n\`\`\`)`);

function write(page: string, recording: Recording): void {
  const written = generations.reduce(
    (text, generation) =>
      text.replace(blockOf(generation), (_all, head, _old, foot) => head + shorten(recording[generation]) + foot),
    page,
  );
  writeFileSync(file, written);
}

/** By the name of a message, the members that its data ever had. */
function membersByName(said: readonly Said[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const one of said) {
    const members = found.get(nameOf(one)) ?? new Set();
    for (const member of Object.keys(one.message.data ?? {})) members.add(member);
    found.set(nameOf(one), members);
  }
  return found;
}

test('the recorded call of the documents is what a call is like', { timeout: 60_000 }, async () => {
  const words = joined(await spokenWords('hello, is anybody there'), quiet(800));
  const recording = await withSipLine(config, (signalling) => {
    const handlers = { onFrame: () => undefined, onEnded: () => undefined };
    return recordCall(server, () => Phone.call(server.uri('bot'), config, signalling, handlers), words);
  });
  if (process.env.OAVC_RECORD === '1') write(readFileSync(file, 'utf8'), recording);
  const page = readFileSync(file, 'utf8');
  for (const generation of generations) {
    const shown = membersByName(readBlock(blockOf(generation).exec(page)?.[2] ?? ''));
    const now = membersByName(recording[generation]);
    assert.deepEqual([...shown.keys()].sort(), [...now.keys()].sort(), generation);
    for (const [name, members] of shown)
      for (const member of members)
        assert.ok(now.get(name)?.has(member) || member === 'round_trip', `${name}: ${member}`);
  }
});
