import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { probeEngine } from '../../src/engines/probe.js';
import { engineNames, openEngine } from '../../src/engines/registry.js';
import { testFolder } from '../support/tiny-models/folder.js';
import { writeTinyGguf } from '../support/tiny-models/gguf.js';
import { writeTinyPiper } from '../support/tiny-models/piper.js';
import { writeTinyVosk } from '../support/tiny-models/vosk.js';

const dir = testFolder();

describe('a probe', () => {
  test('passes an engine that works', async () => {
    await probeEngine('stt', 'vosk', { model: await writeTinyVosk(join(dir, 'good-vosk')) });
    const model = await writeTinyGguf(join(dir, 'good.gguf'));
    await probeEngine('llm', 'llama', { model, contextTokens: 256, sequences: 1, threads: 1 });
  });

  test('makes an error of a voice without metadata, which would end the process', async () => {
    const voice = join(dir, 'raw-voice');
    await writeTinyPiper(voice);
    await writeFile(join(voice, 'tokens.txt'), '_ 0\n');
    const options = { model: join(voice, 'voice.onnx'), tokens: join(voice, 'tokens.txt'), dataDir: voice, threads: 1 };
    await assert.rejects(probeEngine('tts', 'piper', options), { code: 'ENGINE_PROBE', message: /voice\.onnx/ });
  });

  test('makes an error of a broken Vosk graph, which would end the process', async () => {
    const model = await writeTinyVosk(join(dir, 'broken-vosk'));
    await writeFile(join(model, 'graph', 'HCLG.fst'), 'no graph');
    await assert.rejects(probeEngine('stt', 'vosk', { model }), { code: 'ENGINE_PROBE' });
  });

  test('makes an error of a broken GGUF', async () => {
    const model = join(dir, 'broken.gguf');
    await writeFile(model, 'no model');
    await assert.rejects(probeEngine('llm', 'llama', { model }), { code: 'ENGINE_PROBE', message: /broken\.gguf/ });
  });

  test('does not wait for ever', async () => {
    const endless = probeEngine('tts', 'scripted', {}, { timeoutMs: 1 });
    await assert.rejects(endless, { code: 'ENGINE_PROBE', message: /nothing came within 1 ms/ });
  });

  test('names the engines that there are when one is not', async () => {
    await assert.rejects(probeEngine('tts', 'festival', {}), /no tts engine named festival; there are piper, espeak/);
  });
});

test('the registry refuses names that are not its own, also those of Object', async () => {
  for (const name of ['festival', 'constructor', '__proto__', ''])
    await assert.rejects(openEngine('stt', name, {}), { code: 'ENGINE_UNKNOWN' });
  assert.deepEqual(engineNames('stt'), ['vosk', 'moonshine', 'vosk-server', 'openai', 'scripted']);
});
