/** The provider or exchange that we call through and register at: its name, our account there, its addresses. */
import { fault } from '../../errors.js';
import type { Credentials } from './digest.js';
import { parseUri, type SipUri } from './uri.js';

export interface TrunkOptions {
  /** `HOST`, `HOST:PORT`, each with `;transport=tcp` behind it if wanted. */
  host: string;
  user: string;
  password: string;
  /** Whether we register there. */
  register: boolean;
  /** Lifetime that a registration asks for, in seconds. */
  expiresS: number;
}

export class Trunk {
  readonly #addresses = new Set<string>();
  readonly uri: SipUri;

  /** Throws NOT_SUPPORTED for a host that is none. */
  constructor(readonly options: TrunkOptions) {
    const uri = parseUri(`sip:${options.host}`);
    if (!uri) throw fault('NOT_SUPPORTED', `a trunk at ${options.host}`, 'expected HOST or HOST:PORT');
    this.uri = uri;
  }

  /** Our own address there. */
  get account(): string {
    return `sip:${encodeURIComponent(this.options.user)}@${this.domain}`;
  }

  /** What stands behind the @ of a number that is called through it. */
  get domain(): string {
    return this.options.host;
  }

  /** Whether a call to this address goes to it. */
  leadsTo({ host, port }: SipUri): boolean {
    return host.toLowerCase() === this.uri.host.toLowerCase() && port === this.uri.port;
  }

  /** It was found at this address. */
  seenAt(ip: string): void {
    this.#addresses.add(ip);
  }

  has(ip: string): boolean {
    return this.#addresses.has(ip);
  }

  /** Our password is proven to the trunk alone: whoever is called elsewhere could ask for it to try passwords on. */
  credentialsFor(ip: string): Credentials | undefined {
    return this.#addresses.has(ip) && this.options.user !== '' ? this.options : undefined;
  }
}
