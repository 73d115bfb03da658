/** Our own address, as a peer can reach it, when the socket is bound to all of them. */
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

export const isAny = (ip: string): boolean => ip === '0.0.0.0' || ip === '::';

/** `boundIp` where it is one; else ours in the peer's network, else the first that is not loopback. */
export function localAddressFor(peerIp: string, boundIp: string): string {
  if (!isAny(boundIp)) return boundIp;
  const family = isIPv6(boundIp) ? 'IPv6' : 'IPv4';
  const ours = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === family);
  const near = ours.find(({ cidr }) => cidr !== null && holds(cidr, peerIp));
  return (near ?? ours.find(({ internal }) => !internal) ?? ours[0])?.address ?? boundIp;
}

function holds(cidr: string, ip: string): boolean {
  const [network = '', bits = '0'] = cidr.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return isIPv6(ip) === (family === 'ipv6') && list.check(ip, family);
}
