/**
 * Fetches an address into a file, and goes on where an earlier try stopped (RFC 9110 section 14, ranges). Plain http
 * is refused, but for an address of this machine, where nobody is in between.
 */

import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { reasonOf } from '../errors.js';

/** A server that sends nothing for so long is given up. */
const IDLE_MS = 30_000;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Writes to `${target}.part`, renamed to `target` when whole. `onBytes` gets the bytes of the file so far. */
export async function fetchAddress(
  url: string,
  target: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname)))
    throw new Error(`${url} is not an https address`);
  const part = `${target}.part`;
  const stall = new AbortController();
  const stop = signal === undefined ? stall.signal : AbortSignal.any([signal, stall.signal]);
  const timer = setTimeout(() => stall.abort(new Error(`${url} sent nothing for ${IDLE_MS} ms`)), IDLE_MS);
  try {
    const answer = await request(url, part, stop);
    await save(answer, part, (bytes) => {
      timer.refresh();
      onBytes(bytes);
    });
  } finally {
    clearTimeout(timer);
  }
  await rename(part, target);
  await rm(`${part}.etag`, { force: true });
}

interface Answer {
  body: Response['body'];
  /** Bytes that are there already and stay. */
  from: number;
  signal: AbortSignal;
}

/** Asks for the rest when something is there and the server's file is still the same one (If-Range). */
async function request(url: string, part: string, signal: AbortSignal): Promise<Answer> {
  const have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const etag = await readFile(`${part}.etag`, 'utf8').catch(() => '');
  const resumable = have > 0 && etag !== '';
  const headers: Record<string, string> = resumable ? { range: `bytes=${have}-`, 'if-range': etag } : {};
  const answer = await fetch(url, { signal, headers }).catch((error) => unreachable(url, error));
  if (!answer.ok) {
    await answer.body?.cancel();
    if (answer.status === 416) await rm(part, { force: true }); // nothing fits behind what we have: begin again next time
    throw new Error(`${url} answered ${answer.status}`);
  }
  if (answer.status !== 206) await keepEtag(`${part}.etag`, answer.headers.get('etag'));
  return { body: answer.body, from: answer.status === 206 ? have : 0, signal };
}

/** fetch says only that it failed; why is in the cause. */
function unreachable(url: string, error: unknown): never {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  throw new Error(`${url} cannot be reached: ${reasonOf(cause)}`);
}

/** Only a strong validator may join two halves (RFC 9110 section 13.1.5). */
async function keepEtag(path: string, etag: string | null): Promise<void> {
  if (etag === null || etag.startsWith('W/')) await rm(path, { force: true });
  else await writeFile(path, etag);
}

/** Each piece is in the file before the next is taken, so that what came is there for the next try. */
async function save({ body, from, signal }: Answer, part: string, onBytes: (bytes: number) => void): Promise<void> {
  const file = await open(part, from > 0 ? 'a' : 'w');
  try {
    let bytes = from;
    for await (const chunk of body ?? []) {
      signal.throwIfAborted();
      await file.appendFile(chunk);
      bytes += chunk.length;
      onBytes(bytes);
    }
  } finally {
    await file.close();
  }
}
