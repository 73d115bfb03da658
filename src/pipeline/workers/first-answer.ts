/** A question to a worker that is answered over a port of its own. */
import type { MessagePort } from 'node:worker_threads';

/** What comes first over the port, which is closed then; undefined when the other side went away before. */
export function firstAnswer<T>(port: MessagePort): Promise<T | undefined> {
  return new Promise((resolve) => {
    port.once('message', (answer: T) => {
      resolve(answer);
      port.close();
    });
    port.once('close', () => resolve(undefined));
  });
}
