/** A list of addresses and networks in CIDR notation (RFC 4632): `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`. */
import { BlockList, isIP } from 'node:net';

const familyOf = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');

export class Addresses {
  readonly #list = new BlockList();

  /** Each entry must be one: the configuration has checked them. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [ip = '', bits] = entry.split('/');
      if (bits === undefined) this.#list.addAddress(ip, familyOf(ip));
      else this.#list.addSubnet(ip, Number(bits), familyOf(ip));
    }
  }

  has(ip: string): boolean {
    return isIP(ip) !== 0 && this.#list.check(ip, familyOf(ip));
  }
}
