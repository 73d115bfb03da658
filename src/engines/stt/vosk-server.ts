/**
 * vosk-server over WebSocket (alphacep/vosk-server, websocket/asr_server.py): a connection an utterance. It answers
 * each binary message with one JSON text, and `{"eof" : 1}`, to the letter, with the last words.
 */
import WebSocket from 'ws';
import { fault, reasonOf } from '../../errors.js';
import type { EngineOptions, SttEngine, SttStream, Transcript } from '../engine.js';
import { textOption } from '../options.js';
import { PendingAudio } from './pending-audio.js';
import { VoskReplies } from './vosk-replies.js';

const rateHz = 16000;
/** The end as the Python server compares it. */
const endOfAudio = '{"eof" : 1}';
/** Audio that may wait for the network, in bytes: about twenty seconds. */
const unsentLimit = 20 * rateHz * 2;
const connectTimeoutMs = 5000;

/** Options: `url` (ws:// or wss://), `language` (of its model). */
export async function openVoskServer(options: EngineOptions): Promise<SttEngine & { readonly openStreams: number }> {
  return new VoskServer(textOption('vosk-server', options, 'url'), String(options.language ?? '*'));
}

class VoskServer implements SttEngine {
  readonly capabilities;
  openStreams = 0;

  constructor(
    private readonly url: string,
    language: string,
  ) {
    this.capabilities = { streaming: true, confidence: true, languages: [language] };
  }

  open({ onPartial }: { language: string; onPartial: (text: string) => void }): SttStream {
    this.openStreams++;
    return new RemoteStream(this.url, onPartial, () => this.openStreams--);
  }

  async warmUp(): Promise<void> {
    const stream = this.open({ language: '', onPartial: () => {} });
    stream.accept(new Int16Array(rateHz / 4));
    await stream.finish().finally(() => stream.close());
  }

  async close(): Promise<void> {}
}

/** Utterances follow one another, each with its own connection: one that is slow to end holds up nobody. */
class RemoteStream implements SttStream {
  #utterance: RemoteUtterance | undefined;
  #closed = false;

  constructor(
    private readonly url: string,
    private readonly onPartial: (text: string) => void,
    private readonly onClose: () => void,
  ) {}

  accept(samples: Int16Array): void {
    if (this.#closed) return;
    const utterance: RemoteUtterance =
      this.#utterance ??
      new RemoteUtterance(this.url, (text) => {
        if (this.#utterance === utterance) this.onPartial(text);
      });
    this.#utterance = utterance;
    utterance.accept(samples);
  }

  pause(): void {}

  async finish(): Promise<Transcript> {
    if (this.#closed) throw fault('ENGINE_FAILED', 'vosk-server', 'the stream is closed');
    const utterance = this.#utterance;
    this.#utterance = undefined;
    return utterance?.finish() ?? { text: '', confidence: undefined };
  }

  reset(): void {
    this.#utterance?.drop();
    this.#utterance = undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.reset();
    this.#closed = true;
    this.onClose();
  }
}

class RemoteUtterance {
  readonly #socket: WebSocket;
  readonly #replies: VoskReplies;
  readonly #waiting = new PendingAudio();

  constructor(url: string, onPartial: (text: string) => void) {
    this.#replies = new VoskReplies(onPartial);
    this.#socket = new WebSocket(url, { handshakeTimeout: connectTimeoutMs, maxPayload: 1024 * 1024 });
    this.#socket.on('open', () => this.#opened());
    this.#socket.on('message', (data) => this.#replies.take(String(data)));
    this.#socket.on('error', (error) => this.#replies.fail(fault('ENGINE_FAILED', 'vosk-server', reasonOf(error))));
    this.#socket.on('close', () =>
      this.#replies.fail(fault('ENGINE_FAILED', 'vosk-server', 'it closed the connection')),
    );
  }

  #opened(): void {
    this.#socket.send(JSON.stringify({ config: { sample_rate: rateHz, words: true } }));
    this.#flush();
  }

  accept(samples: Int16Array): void {
    const room = this.#socket.bufferedAmount < unsentLimit;
    if (!room || !this.#waiting.push(samples))
      this.#replies.fail(fault('ENGINE_FAILED', 'vosk-server', 'it cannot keep up with the line'));
    this.#flush();
  }

  #flush(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    for (let next = this.#waiting.next(); next; next = this.#waiting.next()) {
      this.#replies.sent(next === 'end');
      this.#socket.send(next === 'end' ? endOfAudio : new Uint8Array(next.buffer, next.byteOffset, next.byteLength));
    }
  }

  async finish(): Promise<Transcript> {
    this.#waiting.endUtterance();
    this.#flush();
    try {
      return await this.#replies.final;
    } finally {
      this.drop();
    }
  }

  drop(): void {
    this.#socket.terminate();
  }
}
