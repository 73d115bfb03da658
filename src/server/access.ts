/**
 * Who may come in. A token, or loopback; and for browsers the origin, since any web page that the operator opens can
 * reach a loopback port, by its address or by a name that was pointed at it (DNS rebinding).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Grant, Role } from '../rtvi/visitor.js';
import { Attempts } from './attempts.js';

export interface AccessOptions {
  /** The token of each role; empty or absent for none. Without any, whoever reaches the loopback address may do all. */
  tokens: Partial<Record<Role, string>>;
  /** Origins allowed besides the own one; `*` for any. */
  origins: readonly string[];
  /** Listening on loopback: then, without a token, only loopback names are taken as `Host`. */
  loopback: boolean;
  nowMs(): number;
}

/** What came of looking at a token. */
export type Entry =
  | { kind: 'granted'; grant: Grant }
  /** None was given, and one is needed. */
  | { kind: 'none' }
  | { kind: 'wrong' }
  /** Too many wrong ones came from that address: this one was not looked at. */
  | { kind: 'blocked' };

interface Minted {
  grant: Grant;
  expiresMs: number;
}

/** Tokens from `/start` that may wait to be used; the oldest gives way. */
const mintedLimit = 1000;
const mintedLifetimeMs = 10 * 60_000;

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

export class Access {
  readonly #options: AccessOptions;
  readonly #tokens: { role: Role; digest: Buffer }[];
  readonly #minted = new Map<string, Minted>();
  readonly #attempts = new Attempts();

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#tokens = (['admin', 'steer', 'watch'] as const).flatMap((role) => {
      const token = options.tokens[role] ?? '';
      return token === '' ? [] : [{ role, digest: digest(token) }];
    });
  }

  /** Looks at the request's token. */
  enter(request: IncomingMessage): Entry {
    return this.enterBy(tokenOf(request), request);
  }

  /** Looks at a token that came another way than in the request's head. */
  enterBy(token: string | undefined, { socket }: IncomingMessage): Entry {
    if (this.#open) return { kind: 'granted', grant: { role: 'admin' } };
    if (token === undefined) return { kind: 'none' };
    const nowMs = this.#options.nowMs();
    const address = socket.remoteAddress ?? '';
    if (this.#attempts.blocked(address, nowMs)) return { kind: 'blocked' };
    const grant = this.#grantOf(token);
    if (grant) return { kind: 'granted', grant };
    this.#attempts.failed(address, nowMs);
    return { kind: 'wrong' };
  }

  #grantOf(token: string): Grant | undefined {
    const given = digest(token);
    const known = this.#tokens.find((own) => timingSafeEqual(given, own.digest));
    if (known) return { role: known.role };
    // Looked up by digest: how long that takes tells nothing about the token.
    const minted = this.#minted.get(given.toString('base64'));
    return minted && minted.expiresMs > this.#options.nowMs() ? minted.grant : undefined;
  }

  /** A token for one connection or a few, for ten minutes; undefined where none is needed. */
  mint(grant: Grant): string | undefined {
    if (this.#open) return undefined;
    const token = randomBytes(24).toString('base64url');
    const key = digest(token).toString('base64');
    this.#minted.set(key, { grant, expiresMs: this.#options.nowMs() + mintedLifetimeMs });
    const [oldest] = this.#minted.keys();
    if (this.#minted.size > mintedLimit && oldest !== undefined) this.#minted.delete(oldest);
    return token;
  }

  /** Why the request is refused whatever its token: its `Host` or its `Origin`. */
  foreign(request: IncomingMessage): string | undefined {
    const { host = '', origin } = request.headers;
    if (this.#options.loopback && this.#open && !isLoopback(hostname(host)))
      return 'the Host header names no loopback address';
    const { origins } = this.#options;
    if (origin === undefined || this.#ownOrigin(origin, host) || origins.includes(origin) || origins.includes('*'))
      return undefined;
    return 'this web origin is not allowed; see [rtvi] origins';
  }

  /** No token is set: the address decides. */
  get #open(): boolean {
    return this.#tokens.length === 0;
  }

  #ownOrigin(origin: string, host: string): boolean {
    return origin === `http://${host}` || origin === `https://${host}`;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** How a browser, which can set no header on a WebSocket, names its token among the sub-protocols. */
const tokenProtocol = 'oavc.token.';
export const isTokenProtocol = (protocol: string): boolean => protocol.startsWith(tokenProtocol);

/** `Authorization: Bearer`, the sub-protocol `oavc.token.TOKEN` (percent-encoded), or `?token=`. */
function tokenOf(request: IncomingMessage): string | undefined {
  const { authorization = '', 'sec-websocket-protocol': protocols = '' } = request.headers;
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  const offered = protocols.split(/\s*,\s*/).find(isTokenProtocol);
  const token = offered === undefined ? undefined : decoded(offered.slice(tokenProtocol.length));
  return bearer ?? token ?? queryOf(request).get('token') ?? undefined;
}

/** What is no percent-encoding stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address without query, and its query; an address that cannot be read is that of nothing. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0]?.replace(/(.)\/$/, '$1') ?? '';
}
export function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}

/** The name in a `Host` header: without port, IPv6 in brackets. */
const hostname = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();
