/**
 * A tool that is an HTTP request. The address is the operator's: arguments fill path segments and query values,
 * encoded, and can reach no other host; redirects are not followed. What comes back is read up to a bound.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../../errors.js';
import type { HttpRequestOptions } from './tool.js';

type Arguments = Readonly<Record<string, unknown>>;

/** Bytes of an answer that are read at all. */
const readLimit = 512 * 1024;
/** Wait before the second try; it doubles. */
const firstBackOffMs = 200;
const placeholder = /\{([\w-]+)\}/g;

/** Names in the address that arguments fill. */
export const placeholdersOf = (url: string): string[] => [...url.matchAll(placeholder)].map(([, name]) => name ?? '');

/** Throws an Error that the model is told, when an argument would change the path. */
function addressOf(url: string, given: Arguments): string {
  return url.replace(placeholder, (_whole, name: string) => {
    const value = String(given[name] ?? '');
    if (/^\.{1,2}$/.test(value)) throw new Error(`argument ${name} cannot be ${value}`);
    return encodeURIComponent(value);
  });
}

const withSecrets = (value: string, env: NodeJS.ProcessEnv): string =>
  value.replace(/\$(\w+)/g, (_whole, name: string) => env[name] ?? '');

/** Sends the request; resolves with the parsed body. Rejects with what went wrong, in words for the model. */
export async function httpRequest(
  options: HttpRequestOptions,
  given: Arguments,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<unknown> {
  const filled = new Set(placeholdersOf(options.url));
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !filled.has(name)));
  const url = new URL(addressOf(options.url, given));
  const hasBody = options.method !== 'GET' && options.method !== 'DELETE';
  if (!hasBody) for (const [name, value] of Object.entries(rest)) url.searchParams.set(name, textOf(value));
  const headers = new Headers(options.headers.map(([name, value]) => [name, withSecrets(value, env)]));
  if (hasBody) headers.set('content-type', 'application/json');
  const init: RequestInit = { method: options.method, headers, signal, redirect: 'error' };
  if (hasBody) init.body = JSON.stringify(rest);
  return tried(url, init, options.retries, signal);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function tried(url: URL, init: RequestInit, retries: number, signal: AbortSignal): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await sent(url, init);
    if (!outcome.again || attempt >= retries || signal.aborted) return outcome.value();
    await delay(firstBackOffMs * 2 ** attempt, undefined, { signal }).catch(() => undefined);
  }
}

interface Outcome {
  /** A further try may mend it. */
  again: boolean;
  value(): unknown;
}

const failed = (again: boolean, why: string): Outcome => ({
  again,
  value: () => {
    throw new Error(why);
  },
});

async function sent(url: URL, init: RequestInit): Promise<Outcome> {
  try {
    const response = await fetch(url, init);
    const body = await bodyOf(response);
    if (response.ok) return { again: false, value: () => body };
    const again = response.status === 429 || response.status >= 500;
    return failed(again, `HTTP status ${response.status}${body === '' ? '' : `: ${JSON.stringify(body)}`}`);
  } catch (thrown) {
    return failed(true, causeOf(thrown));
  }
}

/** fetch hides the reason one level down. */
const causeOf = (thrown: unknown): string =>
  thrown instanceof Error && thrown.cause !== undefined ? reasonOf(thrown.cause) : reasonOf(thrown);

/** JSON where it is JSON, else text; no more than the limit is read. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = await limitedText(response);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function limitedText({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.length;
    if (length >= readLimit) break;
  }
  return Buffer.concat(parts).subarray(0, readLimit).toString('utf8');
}
