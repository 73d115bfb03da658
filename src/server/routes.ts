/** What is answered over HTTP (design 8). */
import type { IncomingMessage } from 'node:http';
import type { CallDirectory, PlaceRequest } from '../call/control.js';
import { fault } from '../errors.js';
import { metric, prometheusType } from '../observer/export.js';
import { describedCall } from '../rtvi/calls.js';
import { placeRequest } from '../rtvi/schemas.js';
import { misfit } from '../rtvi/validate.js';
import { allows, type Grant, type Role, sees } from '../rtvi/visitor.js';
import type { Access } from './access.js';
import { failure, json, type Reply, readJson, text } from './reply.js';

export interface Readiness {
  ready: boolean;
  /** Why not, for people. */
  reasons: string[];
}

export interface RouteContext {
  directory: CallDirectory;
  access: Access;
  /** The dashboard by path: open to all who reach the port, since it holds nothing but the page. */
  pages: ReadonlyMap<string, Reply>;
  readiness(): Readiness;
  /** The observer's metrics as Prometheus text. */
  metrics(): string;
  clients(): number;
}

interface Route {
  /** Undefined: open to all who reach the port. */
  needs: Role | undefined;
  answer(context: RouteContext, request: IncomingMessage, grant: Grant): Reply | Promise<Reply>;
}

const noDashboard =
  'no dashboard here: `npm ci --prefix web && npm run build --prefix web` builds it, [rtvi] dashboard serves it from the next start on';
const start: Route = { needs: 'watch', answer: startSession };

/** By method and path. */
export const routes: Readonly<Record<string, Route>> = {
  'GET /healthz': { needs: undefined, answer: () => json(200, { alive: true }) },
  'GET /readyz': { needs: undefined, answer: ({ readiness }) => readinessReply(readiness()) },
  'GET /metrics': { needs: undefined, answer: (context) => text(200, metricsText(context), prometheusType) },
  'GET /calls': { needs: 'watch', answer: listCalls },
  'POST /calls': { needs: 'admin', answer: placeCall },
  'POST /start': start,
  'POST /connect': start,
  // Reached only where there is no dashboard.
  'GET /': { needs: undefined, answer: () => failure(404, noDashboard) },
  // Where realtime-ai 0.1 asks.
  'POST /': start,
};

/** Paths there are, whatever the method. */
export const paths: ReadonlySet<string> = new Set(Object.keys(routes).map((key) => key.slice(key.indexOf(' ') + 1)));

/** Answers a request whose origin was checked. Throws the refusal. */
export async function answerRoute(route: Route, context: RouteContext, request: IncomingMessage): Promise<Reply> {
  if (route.needs === undefined) return route.answer(context, request, { role: 'watch' });
  const entry = context.access.enter(request);
  if (entry.kind === 'blocked') return failure(429, 'too many wrong tokens: wait a little', 'RTVI_UNAUTHORISED');
  if (entry.kind !== 'granted') return failure(401, 'a valid token is needed', 'RTVI_UNAUTHORISED');
  const { grant } = entry;
  if (!allows(grant, route.needs)) throw fault('RTVI_UNAUTHORISED', `${request.method} of this address`);
  return route.answer(context, request, grant);
}

const readinessReply = (state: Readiness): Reply => json(state.ready ? 200 : 503, state);

function metricsText({ metrics, clients }: RouteContext): string {
  return metrics() + metric('oavc_rtvi_clients', 'gauge', 'RTVI clients connected now', [['', clients()]]);
}

function listCalls({ directory }: RouteContext, _request: IncomingMessage, grant: Grant): Reply {
  const seen = directory.list().filter(({ callId }) => sees(grant, callId));
  return json(200, { calls: seen.map(describedCall) });
}

const placeShape =
  '{destination, from?, agent?, language?, voice?, prompt?, greeting?, variables?}, all strings but variables, an object of strings';

/** Answered when the call is; a client that goes away meanwhile gives the call up. */
async function placeCall({ directory }: RouteContext, request: IncomingMessage): Promise<Reply> {
  const wanted = await readPlaceRequest(request);
  const gone = new AbortController();
  const giveUp = () => gone.abort();
  request.socket.once('close', giveUp);
  try {
    const call = await directory.place(wanted, 'http', { signal: gone.signal });
    return json(201, describedCall(call.info()));
  } finally {
    request.socket.off('close', giveUp);
  }
}

async function readPlaceRequest(request: IncomingMessage): Promise<PlaceRequest> {
  const wanted: unknown = await readJson(request);
  const problem = misfit(placeRequest, wanted);
  if (problem === undefined) return wanted as PlaceRequest;
  throw fault('RTVI_INVALID', 'body', placeShape, problem);
}

/**
 * Says where to connect, and nothing else: client libraries refuse an answer with a member that they do not know.
 * `call_id` in the request ties the connection, and its token, to one call.
 */
async function startSession(context: RouteContext, request: IncomingMessage, grant: Grant): Promise<Reply> {
  const { call_id } = await readJson(request);
  const callId = typeof call_id === 'string' ? call_id : grant.callId;
  if (callId !== undefined && !(sees(grant, callId) && context.directory.get(callId)))
    throw fault('CALL_UNKNOWN', callId);
  const query = new URLSearchParams(callId === undefined ? {} : { call: callId });
  const token = context.access.mint(callId === undefined ? grant : { ...capped(grant), callId });
  if (token !== undefined) query.set('token', token);
  return json(200, { ws_url: socketAddress(request, query) });
}

/** A token for one call steers that call; it places none. */
const capped = (grant: Grant): Grant => (grant.role === 'admin' ? { role: 'steer' } : grant);

function socketAddress(request: IncomingMessage, query: URLSearchParams): string {
  const scheme = request.headers['x-forwarded-proto'] === 'https' ? 'wss' : 'ws';
  const search = query.size === 0 ? '' : `?${query}`;
  return `${scheme}://${request.headers.host ?? ''}/rtvi${search}`;
}
