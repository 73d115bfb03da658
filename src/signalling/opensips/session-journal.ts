/**
 * Which sessions of OpenSIPS are ours, on disk: after a crash the next start ends them, and no other connector's. One
 * line a change, `+KEY` or `-KEY`; a line that was torn by the crash is left out.
 */
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Lines after which the file is written anew. */
const longest = 4096;
const keyForm = /^([+-])(\S{1,256})$/;

export class SessionJournal {
  readonly #keys = new Set<string>();
  #lines = 0;
  #failed = false;

  /** Reads what is there; without a `path` nothing is kept beyond the process. Throws what the file system says. */
  constructor(
    readonly path: string | undefined,
    readonly onFailure: (thrown: unknown) => void = () => undefined,
  ) {
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    for (const line of readLines(path)) this.#replay(line);
    this.#rewrite(path);
  }

  get keys(): string[] {
    return [...this.#keys];
  }

  #replay(line: string): void {
    const [, sign, key = ''] = keyForm.exec(line) ?? [];
    if (sign === '+') this.#keys.add(key);
    else if (sign === '-') this.#keys.delete(key);
  }

  add(key: string): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#write(`+${key}`);
  }

  /** OpenSIPS has ended it. */
  remove(key: string): void {
    if (this.#keys.delete(key)) this.#write(`-${key}`);
  }

  /** A disk that is full or gone costs no call: what could not be written is told once. */
  #write(line: string): void {
    if (this.path === undefined) return;
    try {
      if (this.#lines >= longest) return this.#rewrite(this.path);
      appendFileSync(this.path, `${line}\n`);
      this.#lines++;
    } catch (thrown) {
      if (!this.#failed) this.onFailure(thrown);
      this.#failed = true;
    }
  }

  /** In one step, so that a crash leaves the old file or the new one. */
  #rewrite(path: string): void {
    const next = `${path}.new`;
    writeFileSync(next, this.keys.map((key) => `+${key}\n`).join(''));
    renameSync(next, path);
    this.#lines = this.#keys.size;
  }
}

/** Whole lines only. */
function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}
