/**
 * Follows a call in the terminal, and steers it by lines that are typed: `mute`, `unmute`, `speed 1.2`, `say TEXT`,
 * `transfer sip:...`, `hangup`. Run: `node watch.mjs [ws://127.0.0.1:8080/rtvi]`, below Node 22 with `ws` installed.
 */
import { createInterface } from 'node:readline';

const address = process.argv[2] ?? 'ws://127.0.0.1:8080/rtvi';
const Socket = globalThis.WebSocket ?? (await import('ws')).WebSocket;
const socket = new Socket(address);
let ids = 0;

const send = (type, data) => {
  ids += 1;
  socket.send(JSON.stringify({ label: 'rtvi-ai', type, id: String(ids), data }));
};
const ask = (t, d) => send('client-message', { t, d });
const act = (action, named = {}) => {
  const list = Object.entries(named).map(([name, value]) => ({ name, value }));
  ask('action', { service: 'opensips_call', action, arguments: list });
};

/** What is shown of each message; the others are passed over. */
const shown = {
  'bot-ready': ({ version }) => `connected, RTVI ${version}`,
  'user-transcription': ({ text, final }) => final && `caller: ${text}`,
  'bot-output': ({ text, spoken_status }) => spoken_status === 'completed' && `bot: ${text}`,
  'bot-interrupted': () => '(interrupted)',
  'server-response': ({ t, d }) => `${t}: ${JSON.stringify(d)}`,
  'error-response': ({ error }) => `refused: ${error}`,
  'server-message': ({ type, ...more }) => type !== 'opensips-media-quality' && `${type} ${JSON.stringify(more)}`,
};

const commands = {
  mute: () => act('mute', { enabled: true }),
  unmute: () => act('mute', { enabled: false }),
  hangup: () => act('hangup'),
  transfer: (destination) => act('transfer', { destination }),
  say: (content) => send('send-text', { content }),
  speed: (value) =>
    ask('update-config', { config: [{ service: 'piper_tts', options: [{ name: 'speed', value: Number(value) }] }] }),
};

socket.addEventListener('open', () => send('client-ready', { version: '2.1.0', about: { library: 'watch.mjs' } }));
socket.addEventListener('message', ({ data }) => {
  const message = JSON.parse(data);
  const line = shown[message.type]?.(message.data ?? {});
  if (line) console.log(line);
});
socket.addEventListener('error', () => console.error(`no connection to ${address}`));
socket.addEventListener('close', ({ code, reason }) => {
  console.log(`closed: ${code} ${reason}`);
  process.exit(0);
});
createInterface({ input: process.stdin }).on('line', (line) => {
  const [name = '', ...rest] = line.trim().split(' ');
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) command(rest.join(' '));
  else console.log(`one of: ${Object.keys(commands).join(', ')}`);
});
