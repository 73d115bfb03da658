/** Reads what OpenSIPS answers to an MI command. */

export interface MiAnswer {
  /** Undefined for the plain-text errors, which have none. */
  id: string | undefined;
  result?: unknown;
  error?: { code: number; message: string };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Undefined for what is no answer: neither JSON-RPC nor `CODE text`. */
export function readMiAnswer(text: string): MiAnswer | undefined {
  const [, digits, message] = /^(\d{3}) (\S.*)\s*$/.exec(text) ?? [];
  if (digits && message) return { id: undefined, error: { code: Number(digits), message } };
  const answer = parsed(text);
  if (!isRecord(answer) || typeof answer.id !== 'string') return undefined;
  const { id, error } = answer;
  if ('result' in answer) return { id, result: answer.result };
  return isRecord(error) ? { id, error: errorOf(error) } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `data` says more where the message is the fixed one of JSON-RPC. */
function errorOf({ code, message, data }: Record<string, unknown>): { code: number; message: string } {
  const said = [message, data].filter((part) => typeof part === 'string').join(': ');
  return { code: Number(code) || 0, message: said || 'no message' };
}
