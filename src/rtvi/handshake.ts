/** `client-ready` and what answers it. */
import { dialects, type ReadyFacts } from './dialects.js';
import { type Agreement, agree } from './generation.js';
import { messageText } from './inbox.js';
import { parse } from './messages.js';
import { errorResponse, Outgoing } from './outgoing.js';

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

/** The token in a first message: `client-ready` with `data.token`, in either frame form. */
export function tokenOfHello(message: string | Uint8Array): string | undefined {
  const text = messageText(message);
  const parsed = text === undefined ? undefined : parse(text);
  if (parsed?.kind !== 'message' || parsed.envelope.type !== 'client-ready') return undefined;
  const { token } = membersOf(parsed.envelope.data);
  return typeof token === 'string' ? token : undefined;
}

/** The messages that answer it, `bot-ready` last. */
export function answerHello({ answer, generation, warning }: Agreement, id: string, facts: ReadyFacts): Outgoing[] {
  const ready = new Outgoing('bot-ready', dialects[generation].ready(answer, facts), id);
  return warning === undefined ? [ready] : [errorResponse(id, warning), ready];
}

/** null is absent; anything else that is no string is a version that cannot be read. */
function versionText(version: unknown): string | undefined {
  if (version === undefined || version === null) return undefined;
  return typeof version === 'string' ? version : JSON.stringify(version);
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
