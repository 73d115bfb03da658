/** Digest authentication (RFC 7616 and 8760): the header fields, and the arithmetic of both sides. No clock, no state. */
import { createHash, timingSafeEqual } from 'node:crypto';

export const algorithms = ['SHA-256', 'MD5'] as const;
export type Algorithm = (typeof algorithms)[number];
export const isAlgorithm = (name: string): name is Algorithm => algorithms.some((known) => known === name);

const hashNames: Readonly<Record<Algorithm, string>> = { 'SHA-256': 'sha256', MD5: 'md5' };
const hash = (algorithm: Algorithm, text: string): string =>
  createHash(hashNames[algorithm]).update(text, 'utf8').digest('hex');

export type AuthParams = ReadonlyMap<string, string>;

/** Parameters of a `Digest` challenge or credentials, names in lower case; undefined for another scheme. */
export function readDigest(value: string): AuthParams | undefined {
  const [scheme, rest] = /^\s*Digest\s+(.*)$/is.exec(value) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const pairs = rest.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g);
  return new Map(
    [...pairs].map(([, name = '', quoted, plain = '']) => [
      name.toLowerCase(),
      quoted?.replace(/\\(.)/g, '$1') ?? plain,
    ]),
  );
}

/** The algorithm of a challenge or of credentials; MD5 where none is named, undefined for one that is not known. */
export function algorithmOf(params: AuthParams): Algorithm | undefined {
  const wished = (params.get('algorithm') ?? 'MD5').toUpperCase();
  return algorithms.find((name) => name === wished);
}

export interface DigestInput {
  algorithm: Algorithm;
  user: string;
  realm: string;
  password: string;
  method: string;
  uri: string;
  nonce: string;
  /** With qop auth; without them as RFC 2069 has it. */
  protection?: { nc: string; cnonce: string };
}

/** RFC 7616, 3.4.1. */
export function digestOf(input: DigestInput): string {
  const { algorithm, user, realm, password, method, uri, nonce, protection } = input;
  const secret = hash(algorithm, `${user}:${realm}:${password}`);
  const asked = hash(algorithm, `${method}:${uri}`);
  const middle = protection ? `${nonce}:${protection.nc}:${protection.cnonce}:auth` : nonce;
  return hash(algorithm, `${secret}:${middle}:${asked}`);
}

/** In a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(a), digest(b));
}

export const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** One challenge for each algorithm, in the order of preference (RFC 8760, 2.3). */
export const challenges = (offered: readonly Algorithm[], realm: string, nonce: string, stale: boolean): string[] =>
  offered.map((algorithm) => {
    const parts = [`realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `algorithm=${algorithm}`, 'qop="auth"'];
    return `Digest ${[...parts, ...(stale ? ['stale=true'] : [])].join(', ')}`;
  });

export interface Credentials {
  user: string;
  password: string;
}

interface Asked {
  method: string;
  uri: string;
  cnonce: string;
}

/** Our answer to the first challenge that we can answer; undefined where there is none. Each answer is to a new nonce. */
export function answerTo(challenge: readonly string[], credentials: Credentials, asked: Asked): string | undefined {
  for (const value of challenge) {
    const params = readDigest(value);
    const algorithm = params && algorithmOf(params);
    if (params && algorithm && isAnswerable(params)) return credentialsFor(params, algorithm, credentials, asked);
  }
  return undefined;
}

const protectionsOf = (params: AuthParams): string[] =>
  (params.get('qop') ?? '').split(/[\s,]+/).filter((qop) => qop !== '');
const isAnswerable = (params: AuthParams): boolean =>
  params.has('nonce') && (protectionsOf(params).length === 0 || protectionsOf(params).includes('auth'));

function credentialsFor(
  params: AuthParams,
  algorithm: Algorithm,
  { user, password }: Credentials,
  { method, uri, cnonce }: Asked,
): string {
  const [realm = '', nonce = '', opaque] = ['realm', 'nonce', 'opaque'].map((name) => params.get(name));
  const protection = protectionsOf(params).includes('auth') ? { nc: '00000001', cnonce } : undefined;
  const input: DigestInput = { algorithm, user, realm, password, method, uri, nonce };
  const response = digestOf(protection ? { ...input, protection } : input);
  const parts = [
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `response=${quoted(response)}`,
    ...(params.has('algorithm') ? [`algorithm=${algorithm}`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(protection ? ['qop=auth', `nc=${protection.nc}`, `cnonce=${quoted(cnonce)}`] : []),
  ];
  return `Digest ${parts.join(', ')}`;
}
