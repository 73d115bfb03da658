/** WAV files on disk: what the caller plays and what it records. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeWav, encodeWav, type Wav } from '../engines/wav.js';

export const readWav = (path: string): Wav => decodeWav(readFileSync(path), path);

/** Makes the folder as well. */
export function writeWav(path: string, wav: Wav): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encodeWav(wav));
}
