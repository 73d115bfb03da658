import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadConfig } from '../../src/config/load.js';
import { catalog } from '../../src/models/catalog.js';
import { type EngineSections, resolveEngines, wantedModels } from '../../src/models/resolve.js';
import { MANIFEST } from '../../src/models/store.js';
import { testFolder } from '../support/tiny-models/folder.js';

const dir = testFolder();
const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });

type Change = { [S in keyof EngineSections]?: Partial<EngineSections[S]> };
const withChange = ({ stt, llm, tts }: Change): EngineSections => ({
  models: { dir },
  stt: { ...config.stt, ...stt },
  llm: { ...config.llm, ...llm },
  tts: { ...config.tts, ...tts },
});

/** Puts models into the folder, as far as resolving looks at them. */
async function install(...names: string[]): Promise<void> {
  const files = ['encoder.ort', 'decoder.ort', 'tokens.txt', 'voice.onnx', 'model.gguf', MANIFEST];
  for (const name of names) {
    await mkdir(join(dir, name, 'model'), { recursive: true });
    for (const file of files) await writeFile(join(dir, name, file), '');
  }
}

describe('resolving engines', () => {
  test('names a model that is not here, and how to get it', () => {
    assert.throws(() => resolveEngines(withChange({ llm: { model: 'smollm2-135m' } }), []), {
      code: 'MODEL_MISSING',
      message: /oavc models get smollm2-135m/,
    });
  });

  test('gives each engine the paths of its model, by language', async () => {
    await install('moonshine-base-en', 'qwen2.5-coder-0.5b', 'en_US-joe-medium', 'tr_TR-dfki-medium', 'espeak-ng-data');
    const found = resolveEngines(withChange({ stt: { engine: 'moonshine', threads: 2 } }), ['en']);
    assert.deepEqual(found.speech, {
      en: {
        name: 'moonshine',
        options: {
          encoder: join(dir, 'moonshine-base-en', 'encoder.ort'),
          decoder: join(dir, 'moonshine-base-en', 'decoder.ort'),
          tokens: join(dir, 'moonshine-base-en', 'tokens.txt'),
          threads: 2,
        },
      },
    });
    assert.equal(found.language['*'].options.model, join(dir, 'qwen2.5-coder-0.5b', 'model.gguf'));
    assert.equal(found.voice.en?.options.dataDir, join(dir, 'espeak-ng-data', 'data'));
  });

  test('a voice that speaks another language gives way to the one of the language', async () => {
    const sections = withChange({ stt: { engine: 'scripted' }, tts: { voice: 'en_US-joe-medium' } });
    const { voice } = resolveEngines(sections, ['en', 'tr']);
    assert.match(String(voice.en?.options.model), /en_US-joe-medium/);
    assert.match(String(voice.tr?.options.model), /tr_TR-dfki-medium/);
  });

  test('a model may be a path; one that is not there is missing', async () => {
    await install('own');
    const model = join(dir, 'own', 'model.gguf');
    const scripted = { stt: { engine: 'scripted' as const }, tts: { engine: 'espeak' as const } };
    assert.equal(
      resolveEngines(withChange({ ...scripted, llm: { model } }), ['tr']).language['*'].options.model,
      model,
    );
    const gone = withChange({ ...scripted, llm: { model: join(dir, 'gone.gguf') } });
    assert.throws(() => resolveEngines(gone, []), { code: 'MODEL_MISSING' });
    const vosk = withChange({ ...scripted, stt: { engine: 'vosk', model_tr: join(dir, 'own', 'model') } });
    assert.deepEqual(resolveEngines(vosk, ['tr']).speech.tr?.options, {
      model: join(dir, 'own', 'model'),
      language: 'tr',
    });
  });

  test('an engine without a model for a language, and a model of another engine, are refused', () => {
    const turkish = withChange({ stt: { engine: 'moonshine' } });
    assert.throws(() => resolveEngines(turkish, ['tr']), { code: 'NOT_SUPPORTED', message: /stt\.model_tr/ });
    const mixed = withChange({ stt: { engine: 'scripted' }, llm: { model: 'en_US-joe-medium' } });
    assert.throws(() => resolveEngines(mixed, []), { code: 'NOT_SUPPORTED', message: /it is for piper, not llama/ });
    const unknown = withChange({ stt: { engine: 'scripted' }, llm: { model: 'gpt' } });
    assert.throws(() => resolveEngines(unknown, []), { code: 'MODEL_UNKNOWN' });
  });

  test('espeak takes the language for its voice, scripted engines need nothing', () => {
    const sections = withChange({
      stt: { engine: 'scripted', model: 'hello|bye' },
      llm: { engine: 'scripted' },
      tts: { engine: 'espeak' },
    });
    assert.deepEqual(resolveEngines(sections, ['tr']), {
      speech: { tr: { name: 'scripted', options: { texts: 'hello|bye' } } },
      language: { '*': { name: 'scripted', options: { sequences: config.llm.sequences } } },
      voice: { tr: { name: 'espeak', options: { voice: 'tr' } } },
    });
  });
});

test('wanted models are those of the configuration with what they need, each once', () => {
  assert.deepEqual(wantedModels(withChange({ stt: { engine: 'moonshine' } }), ['en']), [
    'moonshine-base-en',
    'espeak-ng-data',
    'en_US-joe-medium',
    'qwen2.5-coder-0.5b',
  ]);
  const scripted = { stt: { engine: 'scripted' as const }, llm: { engine: 'scripted' as const } };
  assert.deepEqual(wantedModels(withChange({ ...scripted, tts: { engine: 'espeak' } }), ['tr']), []);
  assert.ok(wantedModels(withChange({}), ['tr']).every((name) => catalog.some((model) => model.name === name)));
});
