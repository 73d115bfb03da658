/** Where a call may be sent on to: from what was asked for to the URI of REFER, within what is allowed. Pure. */
import type { Config } from '../config/schema.js';
import { fault } from '../errors.js';
import { destinationUri } from '../signalling/destination.js';
import { parseUri } from '../signalling/sip/uri.js';
import { matches } from './agents.js';

/**
 * The URI for `destination`; a bare number gets `[transfer] domain`, or `domain`. Throws NOT_SUPPORTED for what is no
 * destination, TRANSFER_REFUSED for what `[transfer] allow` does not name.
 */
export function transferTarget({ transfer }: Config, destination: string, domain: string): string {
  const uri = destinationUri(destination, transfer.domain || domain);
  const { user = '', host = '' } = parseUri(uri) ?? {};
  const names = [uri, uri.replace(/^(sips?|tel):/i, ''), `${user}@${host}`, user].filter((name) => name !== '');
  const patterns = transfer.allow.split(/[\s,]+/).filter((pattern) => pattern !== '');
  if (patterns.some((pattern) => names.some((name) => matches(pattern, name)))) return uri;
  throw fault('TRANSFER_REFUSED', uri, patterns.join(' ') || 'no destination at all');
}
