/** `client-ready` and what answers it. */
import { type Agreement, agree, type Generation } from './generation.js';
import { errorResponse, type Json, Outgoing } from './outgoing.js';

/** Name of this program in `bot-ready`. */
const library = 'opensips-ai-voice-connector';

/** From the server's point of view. Watchers carry no audio. */
const capabilities = {
  audio_in: false,
  audio_out: false,
  video_in: false,
  screen_in: false,
  video_out: false,
  metrics: true,
};

export interface Hello {
  agreement: Agreement;
  /** Who it says it is, for histories; at most 64 plain characters. */
  library: string;
}

/** Reads the `data` of a `client-ready`. `about` is rough in practice: whatever it holds, it is no error. */
export function readHello(data: unknown): Hello {
  const { version, about } = membersOf(data);
  const said = membersOf(about).library;
  const name = typeof said === 'string' ? said.replace(/[^\w@/.-]/g, '').slice(0, 64) : '';
  return { agreement: agree(versionText(version)), library: name || 'unnamed' };
}

/** The messages that answer it, `bot-ready` last. `config` is sent to 0.x alone. */
export function answerHello({ answer, generation, warning }: Agreement, id: string, config: Json): Outgoing[] {
  const ready = new Outgoing('bot-ready', readyData(generation, answer, config), id);
  return warning === undefined ? [ready] : [errorResponse(id, warning), ready];
}

function readyData(generation: Generation, version: string, config: Json): Json {
  if (generation === '0.x') return { version, config };
  return generation === '1.x' ? { version, about: { library } } : { version, about: { library }, capabilities };
}

/** null is absent; anything else that is no string is a version that cannot be read. */
function versionText(version: unknown): string | undefined {
  if (version === undefined || version === null) return undefined;
  return typeof version === 'string' ? version : JSON.stringify(version);
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
