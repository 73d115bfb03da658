/** A call, as clients of three generations see it: what each sent and was sent, in order. */
import { WebSocket } from 'ws';
import type { Phone } from '../../src/caller/phone.js';
import type { TestServer } from '../support/running-server.js';
import { Client, type Message } from './desk.js';

export interface Said {
  from: 'client' | 'server';
  message: Message;
}
export const generations = ['0.x', '1.x', '2.x'] as const;
export type Recording = Record<(typeof generations)[number], Said[]>;

class Recorder {
  readonly said: Said[] = [];
  readonly client: Client;
  /** The client was told that the call is over. */
  readonly ended: Promise<void>;

  constructor(port: number) {
    this.client = new Client(new WebSocket(`ws://127.0.0.1:${port}/rtvi`), 'text');
    this.ended = new Promise((resolve) => {
      this.client.socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Message;
        this.said.push({ from: 'server', message });
        if (message.data?.type === 'opensips-call-ended') resolve();
      });
    });
  }

  async greet(version?: string): Promise<void> {
    await this.client.opened;
    const about = { library: 'example', library_version: '1.0.0' };
    await this.ask('client-ready', version === undefined ? {} : { version, about });
  }

  send(type: string, data: unknown): string {
    const id = this.client.send(type, data);
    this.said.push({ from: 'client', message: { label: 'rtvi-ai', type, id, data: data as Record<string, unknown> } });
    return id;
  }

  async ask(type: string, data: unknown): Promise<Message> {
    const id = this.send(type, data);
    return this.client.next((message) => message.id === id);
  }

  askNew(t: string, d: unknown = {}): Promise<Message> {
    return this.ask('client-message', { t, d });
  }
}

const speed = (value: number) => ({ config: [{ service: 'piper_tts', options: [{ name: 'speed', value }] }] });
const mute = (enabled: boolean) => action('mute', [{ name: 'enabled', value: enabled }]);
const action = (name: string, list: { name: string; value: unknown }[] = []) => ({
  service: 'opensips_call',
  action: name,
  arguments: list,
});

/** `call` opens the telephone call, `words` are said by the caller. The call is hung up by the 2.x client. */
export async function recordCall(
  server: TestServer,
  call: () => Promise<Phone>,
  words: Int16Array,
): Promise<Recording> {
  const port = server.rtvi?.port ?? 0;
  const [first, second, third] = [new Recorder(port), new Recorder(port), new Recorder(port)];
  await Promise.all([first.greet(), second.greet('1.0.0'), third.greet('2.2.0')]);
  const phone = await call();
  await server.event('bot-stopped-speaking', ({ turn }) => turn === 0);
  await phone.say(words);
  const { turn } = await server.event('bot-stopped-speaking', (event) => event.turn > 0);
  await asOldClient(first);
  await asFirstStandard(second);
  await server.event('bot-stopped-speaking', (event) => event.turn > turn);
  await asNewest(third);
  await server.event('call-ended');
  for (const { client, ended } of [first, second, third]) {
    await ended;
    client.socket.close();
  }
  return { '0.x': first.said, '1.x': second.said, '2.x': third.said };
}

async function asOldClient(client: Recorder): Promise<void> {
  await client.ask('describe-config', {});
  await client.ask('get-config', {});
  await client.ask('update-config', { ...speed(1.2), interrupt: false });
  await client.ask('update-config', speed(99));
  await client.ask('describe-actions', {});
  await client.ask('action', mute(true));
  await client.ask('action', mute(false));
}

async function asFirstStandard(client: Recorder): Promise<void> {
  await client.askNew('get-config');
  await client.askNew('update-config', speed(1.1));
  await client.askNew('no-such-thing');
  client.send('send-text', { content: 'what time is it', options: {} });
}

async function asNewest(client: Recorder): Promise<void> {
  const listed = await client.askNew('list-calls');
  const { d } = listed.data as { d: { calls: { call_id: string }[] } };
  await client.askNew('focus-call', { call_id: d.calls[0]?.call_id });
  await client.askNew('describe-options');
  await client.askNew('update-config', speed(1));
  await client.askNew('get-config-history');
  client.send('send-text', {
    content: 'tell me a long story',
    options: { run_immediately: true, audio_response: true },
  });
  await client.client.next(({ type }) => type === 'bot-started-speaking');
  await client.client.next(({ type, data }) => type === 'bot-output' && data?.spoken_status === 'in-progress');
  await client.askNew('interrupt');
  await client.askNew('action', action('hangup'));
}

/** What a message is called: its type, and the name inside of a server message or a client message. */
export function nameOf({ from, message: { type, data } }: Said): string {
  const inner = type === 'server-message' ? data?.type : data?.t;
  return `${from} ${type}${typeof inner === 'string' ? ` ${inner}` : ''}`;
}

/** The recording as a block of text: `>` to the server, `<` from it; of messages alike only the first few. */
export function shorten(said: readonly Said[], alike = 3): string {
  const counts = new Map<string, number>();
  const kept = said.filter((one) => {
    const count = (counts.get(nameOf(one)) ?? 0) + 1;
    counts.set(nameOf(one), count);
    return count <= alike;
  });
  return kept.map(({ from, message }) => `${from === 'client' ? '>' : '<'} ${JSON.stringify(message)}`).join('\n');
}

export const readBlock = (block: string): Said[] =>
  block.split('\n').map((line) => ({
    from: line.startsWith('>') ? 'client' : 'server',
    message: JSON.parse(line.slice(2)) as Message,
  }));
