/** Checks of ports and of who should answer on them. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { portPairs } from '../config/rules.js';
import type { Config } from '../config/schema.js';
import { reasonOf } from '../errors.js';
import type { Check } from './checks.js';

/** A port that this program will listen on; `keys` are the options that say which. */
interface Wanted {
  what: string;
  keys: string;
  ip: string;
  port: number;
}

/** The ports that the configuration switches on, the RTP range, and OpenSIPS. */
export function portChecks(config: Config): Check[] {
  const { sip, rtvi, rtp, opensips, engine } = config;
  const checks: Check[] = [
    {
      what: `RTP ports ${rtp.min_port} to ${rtp.max_port} on ${rtp.bind_ip}`,
      mend: 'widen rtp.min_port and rtp.max_port, or correct rtp.bind_ip',
      look: () => tryRtpPorts(config),
    },
  ];
  if (sip.enabled)
    checks.push(portCheck({ what: 'SIP', keys: 'sip.ip or sip.port', ...sip }, sip.tcp ? tryBoth : tryUdp));
  if (rtvi.enabled) checks.push(portCheck({ what: 'RTVI', keys: 'rtvi.ip or rtvi.port', ...rtvi }, tryTcp));
  if (!opensips.enabled) return checks;
  const events = { ip: engine.event_ip, port: engine.event_port };
  checks.push(portCheck({ what: 'event', keys: 'engine.event_ip or engine.event_port', ...events }, tryUdp));
  checks.push({
    what: `OpenSIPS MI at ${opensips.ip}:${opensips.port}`,
    mend: 'load mi_datagram in OpenSIPS with this socket, or correct opensips.ip and opensips.port',
    look: () => tryMi(opensips.ip, opensips.port, opensips.timeout_ms),
  });
  return checks;
}

const portCheck = ({ what, keys, ip, port }: Wanted, take: (ip: string, port: number) => Promise<void>): Check => ({
  what: `${what} port ${ip}:${port}`,
  mend: `choose another ${keys}, or end who holds it`,
  look: async () => void (await take(ip, port)),
});

/** Rejects when the port cannot be had. */
async function tryUdp(ip: string, port: number): Promise<void> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind({ address: ip, port, exclusive: true });
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
}

/** Rejects when the port cannot be had. */
async function tryTcp(ip: string, port: number): Promise<void> {
  const server = createServer().listen(port, ip);
  await once(server, 'listening');
  server.close();
}

const tryBoth = async (ip: string, port: number): Promise<void> => {
  await tryUdp(ip, port);
  await tryTcp(ip, port);
};

/** Pairs that are looked at; a server that runs may hold the first ones. */
const pairsTried = 16;

async function tryRtpPorts({ rtp }: Config): Promise<string | undefined> {
  const first = rtp.min_port + (rtp.min_port % 2);
  const pairs = Math.min(pairsTried, portPairs(rtp.min_port, rtp.max_port));
  let refusal: unknown;
  for (let pair = 0; pair < pairs; pair++) {
    try {
      await tryUdp(rtp.bind_ip, first + 2 * pair);
      return undefined;
    } catch (thrown) {
      refusal = thrown;
    }
  }
  return `none of the first ${pairs} pairs can be had: ${reasonOf(refusal)}`;
}

/** Asks OpenSIPS how long it has been up; any answer will do (JSON-RPC over a datagram). */
async function tryMi(ip: string, port: number, timeoutMs: number): Promise<string | undefined> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.connect(port, ip);
    await once(socket, 'connect');
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'uptime' }));
    await once(socket, 'message', { signal: AbortSignal.timeout(timeoutMs) });
    return undefined;
  } catch (thrown) {
    const late = thrown instanceof Error && thrown.name === 'AbortError';
    return late ? `no answer within ${timeoutMs} ms` : reasonOf(thrown);
  } finally {
    socket.close();
  }
}
