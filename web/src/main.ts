/** The dashboard: messages of the server go into the view of a call, clicks become requests. */
import './style.css';
import { CallWatch, type Message } from './call-view';
import { Connection } from './connection';
import { label } from './labels';
import { Page } from './page';
import type { ListedCall } from './views/calls';
import type { OptionFacts } from './views/settings';

/** A call as `list-calls` tells it. */
interface DescribedCall {
  call_id: string;
  from: string;
  to: string;
  started_at: number;
}

const endedLimit = 5;
const watch = new CallWatch();
let calls: ListedCall[] = [];

const connection = new Connection({
  onMessage: (message) => received(message),
  onState: (state) => {
    page.connection(state);
    if (state === 'connected') void attempt(arrive());
  },
});

const act = (work: () => Promise<unknown> | undefined): void => void attempt((async () => work())());
const call = (action: string, named?: Record<string, unknown>) => connection.action('opensips_call', action, named);

const page = new Page({
  choose: (callId) => act(() => focus(callId)),
  change: (service, option, value) => attempt(update(service, option, value)),
  actions: {
    say: (text) => act(() => connection.action('piper_tts', 'say', { text })),
    ask: (text) => act(async () => connection.sendText(text)),
    interrupt: () => act(() => connection.request('interrupt')),
    keys: (digits) => act(() => call('send_dtmf', { digits: digits.replaceAll(' ', '') })),
    transfer: (destination) => act(() => transfer(destination)),
    hangUp: () => act(() => call('hangup')),
  },
  useToken: (token) => connection.useToken(token),
});

/** Tells what failed; nothing here ends the page. */
async function attempt(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    page.notice(thrown instanceof Error ? thrown.message : String(thrown), 'error');
  }
}

/** After every connect: the server keeps nothing of the connection before. */
async function arrive(): Promise<void> {
  await listCalls();
  const { callId } = watch.view ?? {};
  if (callId !== undefined && calls.some((known) => known.callId === callId && known.endedAt === undefined))
    await focus(callId);
  else if (!watch.view && calls[0]) await focus(calls[0].callId);
}

async function listCalls(): Promise<void> {
  const { calls: running, role } = (await connection.request('list-calls')) as { calls: DescribedCall[]; role: string };
  page.allow(role !== 'watch');
  const ids = new Set(running.map(({ call_id }) => call_id));
  const over = calls.filter(({ callId, endedAt }) => endedAt !== undefined && !ids.has(callId));
  calls = [...running.map(listed), ...over.slice(0, endedLimit)];
  draw();
}

const listed = ({ call_id, from, to, started_at }: DescribedCall): ListedCall => ({
  callId: call_id,
  from,
  to,
  startedAt: started_at,
  endedAt: undefined,
});

async function focus(callId: string): Promise<void> {
  await connection.request('focus-call', { call_id: callId });
  await describe();
}

/** What may be chosen depends on the call and its language. */
async function describe(): Promise<void> {
  const { options } = (await connection.request('describe-options')) as { options: OptionFacts[] };
  page.describe(options);
  draw();
}

async function update(service: string, name: string, value: unknown): Promise<void> {
  try {
    const answer = await connection.request('update-config', { config: [{ service, options: [{ name, value }] }] });
    watch.configure((answer as { config: unknown }).config);
    if (name === 'language') await describe();
  } finally {
    draw();
  }
}

async function transfer(destination: string): Promise<void> {
  const { result } = (await call('transfer', { destination })) as { result: { success: boolean; reason?: string } };
  if (!result.success) throw new Error(`${label('transfer')}: ${result.reason ?? ''}`);
  page.notice(`${label('transferred')}: ${destination}`, 'done');
}

function received(message: Message): void {
  const before = watch.view?.callId;
  const changed = watch.take(message);
  const { type, call_id } = (message.data ?? {}) as { type?: string; call_id?: string };
  if (type === 'opensips-call-started' && call_id !== undefined) act(() => begun(call_id));
  if (type === 'opensips-call-ended') noteEnd(call_id);
  if (watch.view && watch.view.callId !== before) act(arriveAt);
  if (changed) draw();
}

/** A call begins: it is shown at once where no other is being watched. */
async function begun(callId: string): Promise<void> {
  await listCalls();
  if (!watch.view || watch.view.ended) await focus(callId);
}

/** The server put another call into focus. */
async function arriveAt(): Promise<void> {
  await listCalls();
  await describe();
}

function noteEnd(callId: string | undefined): void {
  calls = calls.map((known) => (known.callId === callId ? { ...known, endedAt: Date.now() / 1000 } : known));
  draw();
}

let drawing = false;
/** At most once a frame. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    page.update(calls, watch.view);
  });
}

setInterval(draw, 1000);
draw();
void connection.open();
