/** Where the recordings of calls lie, and how they begin. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config/schema.js';
import { fault, reasonOf } from '../errors.js';
import type { CallMedia } from '../media/session.js';

const longestName = 100;

/** Makes the folder, for its owner alone, where it is missing; throws RECORDING_FAILED when nothing can be written there. */
export function prepareRecordings({ recording }: Config): void {
  if (!recording.enabled) return;
  const dir = resolve(recording.dir);
  try {
    // Not recursive: Node never returns from that where the parent takes no folders (/proc).
    if (!existsSync(dir)) mkdirSync(dir, { mode: 0o700 });
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (thrown) {
    throw fault('RECORDING_FAILED', dir, reasonOf(thrown));
  }
}

/** The file of a call. A call id that cannot be a file name is made one, with a digest so that no two are the same. */
export function recordingPath({ recording }: Config, callId: string): string {
  const plain = callId.replace(/[^\w.@-]|^\./g, '_').slice(0, longestName);
  const digest = createHash('sha256').update(callId).digest('hex').slice(0, 8);
  const name = plain === callId ? plain : `${plain}-${digest}`;
  return join(resolve(recording.dir), `${name}.${recording.format}`);
}

/** Records the call from here to its end, where recordings are enabled. What goes wrong is counted, and nobody waits. */
export function startRecording(config: Config, callId: string, media: Pick<CallMedia, 'record'>): void {
  if (config.recording.enabled) media.record(recordingPath(config, callId), config.recording.format);
}
