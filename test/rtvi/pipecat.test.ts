/**
 * Pipecat's own Python client and conversation test harness, unmodified, on a call. They are installed by
 * `python3 -m venv build/pipecat && build/pipecat/bin/pip install --no-deps -r test/pipecat/requirements.txt`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const python = process.env.OAVC_PIPECAT_PYTHON ?? `${root}build/pipecat/bin/python`;
const skip = existsSync(python) ? false : 'Pipecat is not installed: see test/rtvi/pipecat.test.ts';
const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const engines = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };

let server: TestServer;
before(async () => {
  if (skip !== false) return;
  server = await runServer({ ...engines, 'turn.silence_ms': '400', 'rtvi.enabled': 'true', 'rtvi.port': '0' });
});
after(() => server?.stop());

interface Outcome {
  name: string;
  passed: boolean;
  failures: string[];
  log: string[];
}

async function harness(...names: string[]): Promise<Outcome[]> {
  const folder = `${root}test/pipecat/`;
  const url = `ws://127.0.0.1:${server.rtvi?.port ?? 0}/rtvi`;
  const { stdout } = await promisify(execFile)(python, [`${folder}run.py`, `${folder}scenarios.yaml`, url, ...names]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Outcome);
}

function passed(outcomes: readonly Outcome[], ...names: string[]): void {
  assert.deepEqual(
    outcomes.map(({ name }) => name),
    names,
  );
  for (const { name, passed, failures, log } of outcomes)
    assert.ok(passed, `${name}: ${failures.join('; ')}\n${log.join('\n')}`);
}

/** Says the words again and again, each time when the bot has answered, until `done`. */
async function keepSaying(phone: Phone, words: Int16Array, done: Promise<unknown>): Promise<void> {
  let going = true;
  void done.finally(() => {
    going = false;
  });
  for (let answered = await answers(-1); going; answered = await answers(answered)) await phone.say(words);
}

const answers = async (afterTurn: number): Promise<number> =>
  (await server.event('bot-stopped-speaking', ({ turn }) => turn > afterTurn)).turn;

test("Pipecat's harness types, listens and interrupts", { skip, timeout: 120_000 }, async () => {
  const words = joined(await spokenWords('hello, is anybody there'), quiet(800));
  await withSipLine(config, async (signalling) => {
    const handlers = { onFrame: () => undefined, onEnded: () => undefined };
    const phone = await Phone.call(server.uri('pipecat'), config, signalling, handlers);
    try {
      const typing = ['typed', 'spoken', 'interrupted', 'keyed'];
      passed(await harness(...typing), ...typing);
      const listening = harness('caller');
      await keepSaying(phone, words, listening);
      passed(await listening, 'caller');
    } finally {
      await phone.hangUp();
    }
  });
  await server.idle();
});
