/** Where a SIP URI leads (RFC 3263): an address as it is; a name by SRV where no port is written, else by A or AAAA. */
import { Resolver, type SrvRecord } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { fault, reasonOf } from '../../errors.js';
import type { Peer } from './peer.js';
import { type SipUri, transportOf } from './uri.js';

export interface Names {
  /** Rejects where there are none. */
  srv(name: string): Promise<SrvRecord[]>;
  address(host: string, family: 4 | 6): Promise<string>;
}

const servers = new Resolver({ timeout: 1000, tries: 2 });
export const systemNames: Names = {
  srv: promisify(servers.resolveSrv.bind(servers)),
  address: async (host, family) => (await lookup(host, { family })).address,
};

/** Throws NOT_SUPPORTED for a name that leads nowhere. */
export async function locate(uri: SipUri, family: 4 | 6, names: Names = systemNames): Promise<Peer> {
  const transport = transportOf(uri);
  if (isIP(uri.host) > 0) return { transport, ip: uri.host, port: uri.port };
  const served = uri.portWritten ? undefined : await service(uri, names);
  const host = served?.name ?? uri.host;
  try {
    return { transport, ip: await names.address(host, family), port: served?.port ?? uri.port };
  } catch (thrown) {
    throw fault('NOT_SUPPORTED', `a call to host ${uri.host}`, reasonOf(thrown));
  }
}

/** The server of the lowest priority number, of those the one of the greatest weight (RFC 2782). */
async function service(uri: SipUri, names: Names): Promise<SrvRecord | undefined> {
  if (!uri.host.includes('.')) return undefined;
  const records = await names.srv(`_sip._${transportOf(uri).toLowerCase()}.${uri.host}`).catch(() => []);
  const usable = records.filter(({ name }) => name !== '' && name !== '.');
  return usable.sort((a, b) => a.priority - b.priority || b.weight - a.weight)[0];
}
