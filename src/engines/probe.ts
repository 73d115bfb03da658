/**
 * Tries an engine on its model in a child process. Native libraries answer a bad model by ending the process; this
 * way that is a clear error at start, and never the end of a server with calls.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fault } from '../errors.js';
import type { EngineOptions } from './engine.js';
import type { EngineKind } from './registry.js';

const CHILD = fileURLToPath(new URL('./probe-child.js', import.meta.url));
const TIMEOUT_MS = 120_000;
/** What is kept of the child's stderr, and how much of it an error tells. */
const STDERR_CHARACTERS = 4096;
const STDERR_LINES = 3;

/** Resolves when the engine loaded its model and worked once. Rejects with ENGINE_PROBE. */
export async function probeEngine(
  kind: EngineKind,
  name: string,
  options: EngineOptions,
  { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<void> {
  const child = fork(CHILD, [kind, name, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const cause = await failureOf(child, timeoutMs);
  if (cause !== undefined) throw fault('ENGINE_PROBE', name, String(options.model ?? options.encoder ?? ''), cause);
}

/** Why the child failed; undefined when it did not. */
function failureOf(child: ChildProcess, timeoutMs: number): Promise<string | undefined> {
  let stderr = '';
  child.stderr?.on('data', (data: Buffer) => {
    stderr = (stderr + data.toString()).slice(-STDERR_CHARACTERS);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve([endOf(code, signal, child.killed, timeoutMs), lastLines(stderr)].filter(Boolean).join('; '));
    });
  });
}

function endOf(code: number | null, signal: string | null, killed: boolean, timeoutMs: number): string {
  if (killed) return `nothing came within ${timeoutMs} ms`;
  return signal === null ? `it ended with exit code ${code}` : `it crashed (${signal})`;
}

const lastLines = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-STDERR_LINES)
    .join(' / ');
