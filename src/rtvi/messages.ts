/** The envelope of a message, from its JSON text. */

export interface Envelope {
  type: string;
  id: string;
  data: unknown;
}

export type Parsed =
  | { kind: 'message'; envelope: Envelope }
  /** Not meant for RTVI: dropped without a word. */
  | { kind: 'ignored'; why: 'not-json' | 'not-object' | 'label' }
  /** Meant for RTVI, but not to be answered by id. */
  | { kind: 'invalid'; problem: string };

/** Longest type and id that are taken; an id is opaque. */
const nameLimit = 256;

/** Reads one message from its JSON text. */
export function parse(text: string): Parsed {
  const value = json(text);
  if (value === undefined) return { kind: 'ignored', why: 'not-json' };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'ignored', why: 'not-object' };
  const { label, type, id, data } = value as Record<string, unknown>;
  if (label !== 'rtvi-ai') return { kind: 'ignored', why: 'label' };
  const problem = problemOf('type', type) ?? problemOf('id', id);
  if (problem !== undefined) return { kind: 'invalid', problem };
  return { kind: 'message', envelope: { type: type as string, id: id as string, data: data ?? {} } };
}

function problemOf(member: string, content: unknown): string | undefined {
  if (typeof content !== 'string') return `${member} must be string`;
  return content.length > nameLimit ? `${member} must not be longer than ${nameLimit}` : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
