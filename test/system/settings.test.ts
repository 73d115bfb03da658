/** Each setting of a call, changed by an RTVI client while the call runs: what is heard, said and dropped from then on. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import type { CallEventOf, CallEventType } from '../../src/pipeline/events.js';
import { Client } from '../rtvi/desk.js';
import { amplitudeOf, type ListeningCall, listeningCall, peakOf } from '../support/listening-call.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

let server: TestServer;
before(async () => {
  server = await runServer({
    'stt.engine': 'scripted',
    'stt.model': 'confidence=0.6;texts=hello',
    'llm.engine': 'scripted',
    'llm.model': 'answer=At {temperature} this is said',
    'tts.engine': 'scripted',
    'tts.voice': 'characterMs=20;toneHz=500',
    'agent.default.language': 'en',
    'agent.default.greeting': '',
    // That there are two languages.
    'agent.turkish.language': 'tr',
    'agent.turkish.match': '^tr$',
    'rtvi.enabled': 'true',
    'rtvi.port': '0',
    'turn.silence_ms': '300',
  });
});
after(() => server.stop());

/** What the caller, and who looks at the events, finds in a call. */
interface Found {
  /** Of the caller's utterance. */
  language: string;
  dropped: boolean;
  answer: string;
  tokens: number;
  /** Of a sentence of the bot. */
  spokenMs: number;
  pitchHz: number;
  loudness: number;
}

type Measure = 'utterance' | 'sentence';
type Row = [service: string, option: string, to: unknown, measure: Measure, seen: (now: Found, before: Found) => void];

const near = (value: number, wanted: number): void =>
  assert.ok(Math.abs(value / wanted - 1) < 0.12, `${value} is not near ${wanted}`);

const rows: readonly Row[] = [
  ['vosk_stt', 'language', 'tr', 'utterance', ({ language }) => assert.equal(language, 'tr')],
  ['vosk_stt', 'confidence_threshold', 0.61, 'utterance', ({ dropped }) => assert.equal(dropped, true)],
  ['vosk_stt', 'confidence', 0.7, 'utterance', ({ dropped }) => assert.equal(dropped, true)],
  ['vosk_stt', 'confidence_threshold', 0.59, 'utterance', ({ dropped }) => assert.equal(dropped, false)],
  ['llama_llm', 'temperature', 1.25, 'utterance', ({ answer }) => assert.equal(answer, 'At 1.25 this is said')],
  ['llama_llm', 'max_tokens', 3, 'utterance', ({ tokens }) => assert.equal(tokens, 3)],
  ['piper_tts', 'voice', 'tone-1000', 'sentence', ({ pitchHz }) => assert.equal(pitchHz, 1000)],
  ['piper_tts', 'speed', 2, 'sentence', ({ spokenMs }, before) => near(spokenMs, before.spokenMs / 2)],
  ['opensips_call', 'volume', 0.25, 'sentence', ({ loudness }, before) => near(loudness, before.loudness / 4)],
  ['opensips_call', 'mute_enabled', true, 'sentence', ({ loudness }) => assert.ok(loudness < 100, `${loudness}`)],
];

test('every setting takes effect in the running call, and can be taken back', { timeout: 120_000 }, async () => {
  const words = joined(await spokenWords('hello there'), quiet(500));
  await listeningCall(server, 'settings', async (call) => {
    const [old, client] = [await watch(call.callId), await watch(call.callId, '2.1.0')];
    const ways: Way[] = [
      async (change) => (await old.ask('update-config', change)).data,
      (change) => client.askNew('update-config', change),
    ];
    const measures = { utterance: () => utterance(call, words), sentence: () => sentence(call, client) };
    const before = { ...(await measures.utterance()), ...(await measures.sentence()) } as Found;
    assert.deepEqual([before.language, before.dropped, before.pitchHz], ['en', false, 500]);
    for (const [at, [service, option, to, measure, seen]] of rows.entries()) {
      const update = ways[at % 2] as Way;
      const was = valueIn(await client.askNew('get-config'), service, option);
      assert.equal(valueIn(await update(changeOf(service, option, to)), service, option), to);
      seen({ ...before, ...(await measures[measure]()) }, before);
      assert.equal(valueIn(await update(changeOf(service, option, was)), service, option), was);
    }
    const again = { ...(await measures.utterance()), ...(await measures.sentence()) } as Found;
    const steady = ({ language, dropped, answer, pitchHz }: Found) => ({ language, dropped, answer, pitchHz });
    assert.deepEqual(steady(again), steady(before));
    near(again.loudness, before.loudness);
    for (const { socket } of [old, client]) socket.terminate();
  });
});

/** The caller says something, and hears the answer. */
async function utterance({ phone, callId }: ListeningCall, words: Int16Array): Promise<Partial<Found>> {
  const next = fromNow(callId);
  await phone.say(words);
  const heard = await Promise.race([next('transcript-final'), next('transcript-dropped')]);
  if (heard.type === 'transcript-dropped') return { dropped: true };
  const { turn } = await next('bot-stopped-speaking');
  const { completionTokens } = await next('llm-stopped', (event) => event.turn === turn);
  const answer = server.events.flatMap((event) =>
    event.callId === callId && event.type === 'sentence' && event.turn === turn ? [event.text] : [],
  );
  return { language: heard.language, dropped: false, answer: answer.join(' '), tokens: completionTokens };
}

/** The bot says something, and the caller hears it. */
async function sentence({ frames, callId }: ListeningCall, client: Client): Promise<Partial<Found>> {
  // What was said before is still on its way.
  await frames((all) => all.length >= 5 && peakOf(...all.slice(-5)) < 100);
  const next = fromNow(callId);
  const said = [{ name: 'text', value: 'A sentence of the bot, for the caller.' }];
  await client.askNew('action', { service: 'piper_tts', action: 'say', arguments: said });
  let over = false;
  const stopped = next('bot-stopped-speaking').finally(() => {
    over = true;
  });
  const heard = await frames(() => over);
  const amplitude = (hz: number): number => Math.max(...heard.map((frame) => amplitudeOf(frame, hz)));
  const pitchHz = amplitude(1000) > amplitude(500) ? 1000 : 500;
  return { spokenMs: (await stopped).speechMs, pitchHz, loudness: peakOf(...heard) };
}

/** Waits for events that have not happened yet. */
function fromNow(callId: string) {
  const from = server.events.length;
  return <T extends CallEventType>(type: T, fits: (event: CallEventOf<T>) => boolean = () => true) =>
    server.event(type, (event) => event.callId === callId && server.events.indexOf(event) >= from && fits(event));
}

async function watch(callId: string, version?: string): Promise<Client> {
  const client = new Client(new WebSocket(`ws://127.0.0.1:${server.rtvi?.port}/rtvi?call=${callId}`), 'text');
  await client.opened;
  client.send('client-ready', version === undefined ? {} : { version }, 'ready');
  await client.next(({ type }) => type === 'bot-ready');
  return client;
}

/** An update the way a generation asks; resolves with the whole configuration. */
type Way = (change: object) => Promise<unknown>;

const changeOf = (service: string, option: string, value: unknown) => ({
  config: [{ service, options: [{ name: option, value }] }],
});

function valueIn(answer: unknown, service: string, option: string): unknown {
  const { config } = answer as { config: { service: string; options: { name: string; value: unknown }[] }[] };
  return config.find((one) => one.service === service)?.options.find(({ name }) => name === option)?.value;
}
