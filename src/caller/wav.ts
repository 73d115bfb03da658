/** WAV files on disk: what the caller plays and what it records. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeWav, encodeWav, type Wav } from '../engines/wav.js';
import { fault, reasonOf } from '../errors.js';

/** Throws NOT_SUPPORTED where there is no such file, or it is no WAV of 16-bit PCM. */
export const readWav = (path: string): Wav => decodeWav(bytesOf(path), path);

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw fault('NOT_SUPPORTED', `reading ${path}`, reasonOf(thrown));
  }
}

/** Makes the folder as well. */
export function writeWav(path: string, wav: Wav): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encodeWav(wav));
}
