/** SIP URIs (RFC 3261, 19.1), as far as calling somebody needs them. */
import type { TransportName } from './peer.js';

export interface SipUri {
  user: string;
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  host: string;
  /** 5060 where none is written. */
  port: number;
  portWritten: boolean;
  /** `;name=value` and `?header=value` as written. */
  parameters: string;
}

const form = /^sips?:(?:([^@<>"\s]*)@)?(\[[\da-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?([;?][^<>"\s]*)?$/i;

/** Takes a sip: or sips: URI apart; undefined for anything else, blanks and line ends included. */
export function parseUri(uri: string): SipUri | undefined {
  const [, login = '', host, digits, parameters = ''] = form.exec(uri) ?? [];
  const port = Number(digits ?? 5060);
  if (!host || port === 0 || port > 65535) return undefined;
  const [user = ''] = login.split(':');
  return {
    user: unescaped(user),
    host: host.replace(/^\[|\]$/g, ''),
    port,
    portWritten: digits !== undefined,
    parameters,
  };
}

export function unescaped(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** Whether a proxy routes loosely (RFC 3261, 16.12.1.1). */
export const isLoose = ({ parameters }: SipUri): boolean => /;lr(?:[=;?]|$)/i.test(parameters);

/** `transport=tcp`, else UDP (RFC 3261, 19.1.5). */
export const transportOf = ({ parameters }: SipUri): TransportName =>
  /;transport=tcp(?:[;?]|$)/i.test(parameters) ? 'TCP' : 'UDP';

/** Host as it stands in a URI or a Via. */
export const hostText = (host: string): string => (host.includes(':') ? `[${host}]` : host);
