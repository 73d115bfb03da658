/** A question to a worker that is answered over a port of its own. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** What comes back first over the port that `post` sends along; undefined when the other side went away before. */
export function firstAnswer<T>(post: (answer: MessagePort) => void): Promise<T | undefined> {
  const { port1, port2 } = new MessageChannel();
  post(port2);
  return new Promise((resolve) => {
    port1.once('message', (answer: T) => {
      resolve(answer);
      port1.close();
    });
    port1.once('close', () => resolve(undefined));
  });
}
