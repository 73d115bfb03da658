/** What a model needs once after the fetch, so that its engine can load it. */
import { appendFile, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Conversion } from './model.js';
import { moonshineTokens } from './moonshine-tokens.js';
import { metadataFields } from './onnx-metadata.js';

/** Runs the conversion in the model's folder. */
export async function convert(conversion: Conversion, dir: string): Promise<void> {
  await { piper: convertPiper, moonshine: convertMoonshine }[conversion](dir);
}

async function convertMoonshine(dir: string): Promise<void> {
  const source = join(dir, 'tokenizer.bin');
  await writeFile(join(dir, 'tokens.txt'), moonshineTokens(await readFile(source)));
  await rm(source);
}

interface PiperConfig {
  audio: { sample_rate: number };
  espeak: { voice: string };
  num_speakers: number;
  phoneme_id_map: Record<string, number[]>;
}

/** sherpa-onnx reads from the model itself what Piper keeps in a file beside it. */
async function convertPiper(dir: string): Promise<void> {
  const config = JSON.parse(await readFile(join(dir, 'voice.json'), 'utf8')) as PiperConfig;
  const { audio, espeak, num_speakers, phoneme_id_map } = config;
  const metadata = {
    model_type: 'vits',
    comment: 'piper',
    language: espeak.voice,
    voice: espeak.voice,
    has_espeak: '1',
    n_speakers: String(num_speakers),
    sample_rate: String(audio.sample_rate),
  };
  const tokens = Object.entries(phoneme_id_map).map(([symbol, [id]]) => `${symbol} ${id}\n`);
  await writeFile(join(dir, 'tokens.txt'), tokens.join(''));
  await appendWhole(join(dir, 'voice.onnx'), metadataFields(metadata));
}

/** Appends in a copy that then takes the file's place: a crash in between leaves the file as it came. */
async function appendWhole(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.new`;
  await copyFile(path, fresh);
  await appendFile(fresh, bytes);
  await rename(fresh, path);
}
