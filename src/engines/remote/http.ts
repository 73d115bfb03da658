/** Requests to remote engines: a key from the environment, tried again with a growing wait, answers bounded. */
import { setTimeout as delay } from 'node:timers/promises';
import { fault, reasonOf } from '../../errors.js';

export interface RemoteOptions {
  /** For errors. */
  engine: string;
  url: string;
  /** Environment variable with the bearer token; none is sent where it is empty or not set. */
  keyVariable: string;
  /** Tries after the first. */
  retries: number;
}

const firstBackOffMs = 150;
const bodyLimit = 32 * 1024 * 1024;

export const authorised = ({ keyVariable }: RemoteOptions): Record<string, string> => {
  const key = keyVariable === '' ? undefined : process.env[keyVariable];
  return key ? { authorization: `Bearer ${key}` } : {};
};

/**
 * Sends a request until it is answered with 2xx, or with a status that the caller `accepts`. A connection that fails, 408, 429 and 5xx are tried again; nothing of
 * an answer was read by then. Rejects with ENGINE_FAILED, or with the signal's reason.
 */
export async function request(
  options: RemoteOptions,
  path: string,
  init: RequestInit & { signal: AbortSignal },
  accepts: (status: number) => boolean = () => false,
): Promise<Response> {
  const url = `${options.url.replace(/\/+$/, '')}${path}`;
  for (let attempt = 0; ; attempt++) {
    const outcome = await answered(url, { ...init, headers: { ...authorised(options), ...headersOf(init) } }, accepts);
    if (outcome instanceof Response) return outcome;
    init.signal.throwIfAborted();
    if (!outcome.again || attempt >= options.retries) throw fault('ENGINE_FAILED', options.engine, outcome.why);
    await delay(firstBackOffMs * 2 ** attempt, undefined, { signal: init.signal });
  }
}

const headersOf = ({ headers }: RequestInit): Record<string, string> => Object.fromEntries(new Headers(headers));

async function answered(
  url: string,
  init: RequestInit,
  accepts: (status: number) => boolean,
): Promise<Response | { again: boolean; why: string }> {
  try {
    const response = await fetch(url, init);
    if (response.ok || accepts(response.status)) return response;
    const why = `${new URL(url).host} answered ${response.status}: ${(await response.text()).slice(0, 200)}`;
    return { again: response.status >= 500 || response.status === 429 || response.status === 408, why };
  } catch (thrown) {
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    return { again: true, why: reasonOf(cause) };
  }
}

/** The body in one piece; rejects with ENGINE_FAILED when it is too long. */
export async function wholeBody(engine: string, { body }: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > bodyLimit) throw fault('ENGINE_FAILED', engine, `its answer is longer than ${bodyLimit} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
