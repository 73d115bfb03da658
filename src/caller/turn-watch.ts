/** Where the time of each answer goes, as the server tells a watching RTVI client (`opensips-turn-latency`). */
import { WebSocket } from 'ws';

type Parts = Readonly<Record<string, number>>;

/** One answer; its parts sum to what the caller felt. */
export interface TurnLatency {
  call_id: string;
  turn: number;
  kind: string;
  interrupted: boolean;
  parts_ms: Parts;
  sum_ms: number;
  /** Of the call so far. */
  p50_parts_ms?: Parts;
  p90_parts_ms?: Parts;
  p50_sum_ms?: number;
  p90_sum_ms?: number;
}

const ready = { label: 'rtvi-ai', type: 'client-ready', id: 'ready', data: { version: '1.2.0' } };

/** Watches one call at `url`, the address of the server's RTVI with the token in it. */
export class TurnWatch {
  readonly turns: TurnLatency[] = [];
  /** Why nothing could be watched; empty while it goes well. */
  problem = '';
  #socket: WebSocket | undefined;

  constructor(readonly url: string) {}

  /** A proxy between us gives the call another name: then the one that the server follows is watched. */
  begin(callId: string): void {
    const named = new URL(this.url);
    named.searchParams.set('call', callId);
    const fail = (reason: string): void => {
      this.problem = reason;
    };
    this.#open(named.href, () => this.#open(this.url, fail));
  }

  #open(address: string, onRefused: (reason: string) => void): void {
    const socket = new WebSocket(address);
    this.#socket = socket;
    let problem = '';
    socket.on('open', () => socket.send(JSON.stringify(ready)));
    socket.on('message', (data) => this.#take(String(data)));
    socket.on('error', ({ message }) => {
      problem = message;
    });
    socket.on('close', (code, reason) => {
      if (this.#socket === socket) onRefused(problem || `${reason} (${code})`);
    });
  }

  #take(text: string): void {
    const { type, data } = JSON.parse(text) as { type?: string; data?: Partial<TurnLatency> & { type?: string } };
    if (type !== 'server-message' || data?.type !== 'opensips-turn-latency') return;
    const { type: _type, ...row } = data;
    this.turns.push(row as TurnLatency);
  }

  end(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }
}
