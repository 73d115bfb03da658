/** Answers over HTTP, and the body of a request. */
import type { IncomingMessage } from 'node:http';
import { type ErrorCode, fault, OavcError, reasonOf } from '../errors.js';

export interface Reply {
  status: number;
  type: string;
  body: string;
  /** In place of, or besides, those of every answer. */
  headers?: Readonly<Record<string, string>>;
}

export const json = (status: number, value: object): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

export const text = (status: number, body: string, type = 'text/plain; charset=utf-8'): Reply => ({
  status,
  type,
  body,
});

/** A failure; RTVI clients show `info` or `detail`, by their version. */
export const failure = (status: number, why: string, code = 'HTTP'): Reply =>
  json(status, { error: code, info: why, detail: why });

const statuses: Partial<Record<ErrorCode, number>> = {
  CALL_UNKNOWN: 404,
  CALL_ENDED: 404,
  ANSWERS_LATE: 503,
  CALL_LIMIT: 503,
  CALL_BUSY: 502,
  CALL_NO_ANSWER: 504,
  CALL_CANCELLED: 502,
  OPTION_INVALID: 400,
  MI_ERROR: 502,
  MI_TIMEOUT: 504,
  NOT_SUPPORTED: 409,
  PORTS_EXHAUSTED: 503,
  RTVI_INVALID: 400,
  RTVI_UNAUTHORISED: 403,
  SIP_REFUSED: 502,
  SIP_TIMEOUT: 504,
};

/** The answer to whatever a handler threw; what is not ours is told without its details. */
export function failed(thrown: unknown): Reply {
  if (!(thrown instanceof OavcError)) return failure(500, 'internal error', 'INTERNAL');
  return failure(statuses[thrown.code] ?? 500, thrown.message, thrown.code);
}

/** Most bytes of a request's body. */
const bodyLimit = 64 * 1024;

/** Reads a JSON object; an empty body is an empty object. Throws RTVI_INVALID. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyLimit) throw fault('RTVI_INVALID', 'body', `at most ${bodyLimit} bytes`, 'more');
    chunks.push(chunk);
  }
  return bytes === 0 ? {} : parseObject(Buffer.concat(chunks).toString('utf8'));
}

function parseObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (thrown) {
    throw fault('RTVI_INVALID', 'body', 'JSON', reasonOf(thrown).slice(0, 80));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fault('RTVI_INVALID', 'body', 'a JSON object', Array.isArray(value) ? 'array' : String(typeof value));
  return value as Record<string, unknown>;
}
