/** A message to clients. Written once, encoded once for each frame form, however many watchers it goes to. */
import { encodeMessageFrame } from './protobuf.js';

export const label = 'rtvi-ai';
/** JSON, where a member that is undefined or null is left out: to clients both mean the same. */
export type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };

/** How a connection frames its messages: decided by its first message. */
export type FrameForm = 'text' | 'protobuf';

export class Outgoing {
  readonly type: string;
  readonly data: Json;
  readonly id: string | undefined;
  #text: string | undefined;
  #bytes: number | undefined;
  #frame: Uint8Array | undefined;

  /** `id` repeats the id of the request on replies; events have none. */
  constructor(type: string, data?: Json, id?: string) {
    this.type = type;
    this.data = data;
    this.id = id;
  }

  get text(): string {
    if (this.#text !== undefined) return this.#text;
    const data = hasNull(this.data) ? withoutNull(this.data) : this.data;
    this.#text = JSON.stringify({ label, type: this.type, id: this.id, data });
    return this.#text;
  }

  /** Length of the JSON text in UTF-8: what it weighs in a queue, but for a few bytes of framing. */
  get bytes(): number {
    this.#bytes ??= Buffer.byteLength(this.text);
    return this.#bytes;
  }

  encoded(form: FrameForm): string | Uint8Array {
    if (form === 'text') return this.text;
    this.#frame ??= encodeMessageFrame(this.text);
    return this.#frame;
  }
}

/** Most messages have none, and are spared the copy; what is undefined JSON leaves out by itself. */
function hasNull(value: Json): boolean {
  if (typeof value !== 'object') return false;
  return value === null || Object.values(value).some(hasNull);
}

/** Drops null members, however deep; null elements of a list stay, since they hold a place. */
function withoutNull(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNull(member)]));
}

export const errorResponse = (id: string, error: string): Outgoing => new Outgoing('error-response', { error }, id);

/** Both names of the text: client typings before 1.13 call it `message`. */
export const errorEvent = (error: string, fatal: boolean): Outgoing =>
  new Outgoing('error', { error, message: error, fatal });

export const serverMessage = (data: { type: string; [name: string]: Json }): Outgoing =>
  new Outgoing('server-message', data);
