/** A file in the temporary folder that has no name: what is in it goes with the thread that holds it, however that ends. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class NamelessFile {
  #uses: Promise<unknown> = Promise.resolve();

  private constructor(private readonly handle: FileHandle) {}

  /** Rejects where the temporary folder cannot be written. */
  static async create(): Promise<NamelessFile> {
    const path = join(tmpdir(), `oavc-${randomUUID()}`);
    const handle = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
    return new NamelessFile(handle);
  }

  /** Gives a path by which it can be opened until `work` has settled, be it closed meanwhile or not. */
  use<T>(work: (path: string) => Promise<T>): Promise<T> {
    const done = work(`/proc/self/fd/${this.handle.fd}`);
    this.#uses = Promise.allSettled([this.#uses, done]);
    return done;
  }

  async close(): Promise<void> {
    await this.#uses;
    await this.handle.close();
  }
}
