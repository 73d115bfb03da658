/** What `oavc check` looks at; each check names what it is about, what is wrong, and how to mend it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { portPairs } from '../config/rules.js';
import type { Config } from '../config/schema.js';
import { probeEngine } from '../engines/probe.js';
import type { EngineKind } from '../engines/registry.js';
import { reasonOf } from '../errors.js';
import { loadAddon } from '../media/addon.js';
import { resolveEngines } from '../models/resolve.js';
import type { EngineChoice } from '../pipeline/workers/protocol.js';

export interface Finding {
  what: string;
  /** Undefined when all is well. */
  wrong: string | undefined;
  mend: string;
}

interface Check {
  what: string;
  mend: string;
  /** Throws, or returns what is wrong. */
  look: () => Promise<string | undefined> | string | undefined;
}

/** Runs all checks one after another; a check that throws has found something. */
export async function* runChecks(config: Config): AsyncGenerator<Finding> {
  for (const { what, mend, look } of [...machineChecks(config), ...engineChecks(config)]) {
    const wrong = await Promise.resolve().then(look).catch(reasonOf);
    yield { what, wrong: wrong || undefined, mend };
  }
}

function machineChecks(config: Config): Check[] {
  const { sip, rtvi, rtp, opensips } = config;
  const checks: Check[] = [
    { what: 'Node', mend: 'install Node 20.11 or newer', look: nodeVersion },
    { what: 'media engine', mend: 'run "npm run build:addon"', look: () => void loadAddon() },
    {
      what: `RTP ports ${rtp.min_port} to ${rtp.max_port} on ${rtp.bind_ip}`,
      mend: 'widen rtp.min_port and rtp.max_port, or correct rtp.bind_ip',
      look: () => rtpPorts(config),
    },
  ];
  if (sip.enabled) checks.push(portCheck('SIP', 'sip', sip.ip, sip.port, udpTaken));
  if (rtvi.enabled) checks.push(portCheck('RTVI', 'rtvi', rtvi.ip, rtvi.port, tcpTaken));
  if (opensips.enabled) checks.push(...opensipsChecks(config));
  return checks;
}

function nodeVersion(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 11) ? undefined : `this is ${process.version}`;
}

const portCheck = (
  name: string,
  section: string,
  ip: string,
  port: number,
  taken: (ip: string, port: number) => Promise<void>,
): Check => ({
  what: `${name} port ${ip}:${port}`,
  mend: `choose another ${section}.ip or ${section}.port, or end who holds it`,
  look: async () => void (await taken(ip, port)),
});

/** Rejects when the port cannot be had. */
async function udpTaken(ip: string, port: number): Promise<void> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind({ address: ip, port, exclusive: true });
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
}

async function tcpTaken(ip: string, port: number): Promise<void> {
  const server = createServer().listen(port, ip);
  await once(server, 'listening');
  server.close();
}

/** Looks at the ends of the range only: a server that runs holds some in between, and may. */
async function rtpPorts({ rtp }: Config): Promise<string | undefined> {
  const pairs = portPairs(rtp.min_port, rtp.max_port);
  const first = rtp.min_port + (rtp.min_port % 2);
  for (let pair = 0; pair < Math.min(pairs, 16); pair++) {
    const free = await udpTaken(rtp.bind_ip, first + 2 * pair).then(
      () => true,
      () => false,
    );
    if (free) return undefined;
  }
  return 'none of its first ports can be had';
}

function opensipsChecks({ opensips, engine }: Config): Check[] {
  return [
    {
      what: `OpenSIPS MI at ${opensips.ip}:${opensips.port}`,
      mend: 'load mi_datagram in OpenSIPS with this socket, or correct opensips.ip and opensips.port',
      look: () => miAnswers(opensips.ip, opensips.port, opensips.timeout_ms),
    },
    portCheck('event', 'engine.event', engine.event_ip, engine.event_port, udpTaken),
  ];
}

/** Asks for the process list of OpenSIPS; any answer will do (JSON-RPC over a datagram). */
async function miAnswers(ip: string, port: number, timeoutMs: number): Promise<string | undefined> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.connect(port, ip);
    await once(socket, 'connect');
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'uptime' }));
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(timeoutMs) });
    return await answered.then(
      () => undefined,
      (thrown: unknown) => (isAbort(thrown) ? `no answer within ${timeoutMs} ms` : reasonOf(thrown)),
    );
  } finally {
    socket.close();
  }
}

const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';

/** Each engine is tried on its model in a child process, as the server does at its start. */
function engineChecks(config: Config): Check[] {
  const languages = [...new Set(Object.values(config.agent).map(({ language }) => language))];
  const check = (kind: EngineKind, role: 'speech' | 'language' | 'voice', language: string): Check => ({
    what: `${kind} ${config[kind].engine}${language === '*' ? '' : ` in ${language}`}`,
    mend: `run what the message says, or "oavc models verify", or choose another ${kind}.engine or model`,
    look: () => tryEngine(kind, only(config, kind, language)[role][language]),
  });
  return [
    ...languages.map((language) => check('stt', 'speech', language)),
    check('llm', 'language', '*'),
    ...languages.map((language) => check('tts', 'voice', language)),
  ];
}

/** Resolves one kind of engine, so that a model missing for another does not hide what this one lacks. */
function only(config: Config, kind: EngineKind, language: string) {
  const scripted = {
    stt: { ...config.stt, engine: 'scripted' },
    llm: { ...config.llm, engine: 'scripted' },
    tts: { ...config.tts, engine: 'scripted' },
  } as const;
  const sections: Pick<Config, 'stt' | 'llm' | 'tts' | 'models'> = {
    models: config.models,
    ...scripted,
    [kind]: config[kind],
  };
  const resolved = resolveEngines(sections, language === '*' ? [] : [language]);
  return resolved as Record<'speech' | 'language' | 'voice', Record<string, EngineChoice>>;
}

async function tryEngine(kind: EngineKind, choice: EngineChoice | undefined): Promise<string | undefined> {
  if (!choice) return 'no engine was found';
  await probeEngine(kind, choice.name, choice.options);
  return undefined;
}
