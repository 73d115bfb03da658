/** A child process that obeys and answers in lines. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Program {
  readonly child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor([file = '', ...args]: string[]) {
    // Not in our process group: after Ctrl-C it still answers. It ends with its input, so it never outlives us.
    this.child = spawn(file, args, { detached: true });
    this.child.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }
  /** The next line that `wanted` accepts; throws when the program ended. */
  async line(wanted: (line: string) => boolean = () => true): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`${this.child.spawnfile} ended without an answer`);
      if (wanted(value)) return value;
    }
  }
  tell(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    const tooLong = setTimeout(() => this.child.kill('SIGKILL'), 2000);
    await ended;
    clearTimeout(tooLong);
  }
}
