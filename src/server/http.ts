/** The HTTP server of RTVI: the WebSocket endpoint and the addresses beside it, on one port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallDirectory } from '../call/control.js';
import { elapsedMs, monotonicNs } from '../clock.js';
import { fault, OavcError, reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import type { ReportLevel } from '../rtvi/disclosure.js';
import type { Feed } from '../rtvi/feed.js';
import { Hub } from '../rtvi/hub.js';
import { Access, isLoopback, pathOf } from './access.js';
import { dashboardFolder, readPages } from './pages.js';
import { failed, failure, type Reply, text } from './reply.js';
import { answerRoute, paths, type Readiness, type RouteContext, routes } from './routes.js';
import { RtviSockets } from './websocket.js';

export interface RtviConfig {
  ip: string;
  port: number;
  token: string;
  watch_token: string;
  steer_token: string;
  max_clients: number;
  queue_kb: number;
  linger_s: number;
  origins: string;
  supervisor_audio: boolean;
  watch_function_calls: ReportLevel;
  dashboard: boolean;
}

export interface RtviServerOptions {
  /** `[rtvi]` of the configuration. */
  config: RtviConfig;
  directory: CallDirectory;
  /** The observer. */
  feed: Feed;
  /** The observer's metrics as Prometheus text. */
  metrics(): string;
  readiness(): Readiness;
  log: Log;
  /** Longest wait for an action, below the ten seconds after which clients forget it. */
  deadlineMs?: number;
  pingMs?: number;
  handshakeMs?: number;
  /** Longest wait for a token in the first message. */
  tokenMs?: number;
  closeMs?: number;
}

export interface RtviServer {
  readonly address: string;
  readonly port: number;
  /** Clients connected now. */
  readonly clients: number;
  /** Says goodbye to all clients and frees the port. */
  close(): Promise<void>;
}

const nowMs = (): number => Number(monotonicNs()) / 1e6;
/** Wall time of a moment of the monotonic clock; follows the wall clock when that is set. */
const epochMsAt = (atNs: bigint): number => Date.now() - elapsedMs(atNs, monotonicNs());

/** Starts to listen. Throws LISTEN_FAILED, also where control from outside would need no token. */
export async function startRtviServer(options: RtviServerOptions): Promise<RtviServer> {
  const { config } = options;
  const loopback = isLoopback(config.ip);
  const wanted = `${config.ip}:${config.port}`;
  if (!loopback && config.token === '')
    throw fault('LISTEN_FAILED', 'RTVI', wanted, 'other than loopback needs a token; set [rtvi] token');
  const origins = words(config.origins);
  if (origins.includes('*') && config.token === '')
    throw fault('LISTEN_FAILED', 'RTVI', wanted, '[rtvi] origins = * needs a token; set [rtvi] token');
  const hub = openHub(options);
  const tokens = { admin: config.token, steer: config.steer_token, watch: config.watch_token };
  const access = new Access({ tokens, origins, loopback, nowMs });
  const sockets = openSockets(options, hub, access);
  const pages = readPages(config.dashboard ? dashboardFolder : '');
  const context: RouteContext = { ...options, access, pages, clients: () => hub.sessions };
  const server = openServer(context, sockets, options);
  try {
    await listen(server, config.ip, config.port);
  } catch (thrown) {
    hub.close();
    await sockets.close();
    throw fault('LISTEN_FAILED', 'RTVI', wanted, reasonOf(thrown));
  }
  return running(server, hub, sockets);
}

function openHub({ directory, feed, config, deadlineMs = 8000 }: RtviServerOptions): Hub {
  const [queueBytes, lingerMs] = [config.queue_kb * 1000, config.linger_s * 1000];
  const rights = { supervisorAudio: config.supervisor_audio, functionCalls: config.watch_function_calls };
  return new Hub({ directory, feed, epochMsAt, nowMs, queueBytes, ...rights, lingerMs, deadlineMs });
}

function openSockets(options: RtviServerOptions, hub: Hub, access: Access): RtviSockets {
  const { pingMs = 20_000, handshakeMs = 60_000, tokenMs = 3000, closeMs = 2000 } = options;
  return new RtviSockets({
    hub,
    access,
    log: options.log,
    maxClients: options.config.max_clients,
    pingMs,
    handshakeMs,
    tokenMs,
    closeMs,
  });
}

function openServer(context: RouteContext, sockets: RtviSockets, { config, log }: RtviServerOptions): Server {
  const limits = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 5000 };
  const server = createServer(limits, (request, response) => {
    void respond(context, request, log).then((reply) => write(context, request, response, reply));
  });
  server.maxHeadersCount = 100;
  // Some beside the clients: probes, scrapes, and those who are told that it is full.
  server.maxConnections = config.max_clients + 64;
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  return server;
}

function listen(server: Server, ip: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, ip, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function running(server: Server, hub: Hub, sockets: RtviSockets): RtviServer {
  const { address, port } = server.address() as AddressInfo;
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    hub.close();
    await sockets.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    address,
    port,
    get clients() {
      return hub.sessions;
    },
    close,
  };
}

/** Never rejects: what fails is an answer too. */
async function respond(context: RouteContext, request: IncomingMessage, log: Log): Promise<Reply> {
  const path = pathOf(request);
  const foreign = context.access.foreign(request);
  if (foreign !== undefined) return failure(403, foreign);
  if (request.method === 'OPTIONS') return text(204, '');
  const page = request.method === 'GET' ? context.pages.get(path) : undefined;
  if (page) return page;
  const route = routes[`${request.method} ${path}`];
  if (!route)
    return paths.has(path) ? failure(405, 'another method is expected here') : failure(404, 'nothing is here');
  try {
    return await answerRoute(route, context, request);
  } catch (thrown) {
    if (!(thrown instanceof OavcError)) log.error({ path, reason: reasonOf(thrown) }, 'a request failed');
    return failed(thrown);
  }
}

function write(context: RouteContext, request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const { origin } = request.headers;
  const allowed = origin !== undefined && context.access.foreign(request) === undefined;
  const asked = request.headers['access-control-request-headers'];
  response.writeHead(reply.status, {
    'Content-Type': reply.type,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...reply.headers,
    ...(allowed && {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
      'Access-Control-Allow-Headers': asked ?? 'Content-Type, Authorization',
      Vary: 'Origin',
    }),
    // What is left of a body that was refused must not be taken for the next request.
    ...(!request.complete && { Connection: 'close' }),
  });
  response.end(reply.body);
}

const words = (list: string): string[] => list.split(/\s+/).filter((word) => word !== '');
