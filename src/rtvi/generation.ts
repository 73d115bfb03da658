/** Which RTVI a client speaks, and what its declared version decides. */

/** `2.2` is 2.x from minor 2 on: it alone is sent back-channels and raw text. */
export type Generation = '0.x' | '1.x' | '2.x' | '2.2';
export const generations: readonly Generation[] = ['0.x', '1.x', '2.x', '2.2'];

/** What this server speaks by itself. */
export const serverVersion = '2.2.0';
const configVersion = '0.3.0';

export interface Agreement {
  generation: Generation;
  /** Version for `bot-ready`. */
  answer: string;
  /** Text of an `error-response` that precedes `bot-ready`. */
  warning?: string;
}

/** Agrees on a generation; a client without a version is one of 0.x. Never refuses: the session always goes on. */
export function agree(version: string | undefined): Agreement {
  if (version === undefined) return { generation: '0.x', answer: configVersion };
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (!parts) return own(`Invalid client version format (${shown(version)})`);
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  if (major === 0) return { generation: '0.x', answer: configVersion };
  if (major === 1) return { generation: '1.x', answer: version };
  if (major === 2) return { generation: minor >= 2 ? '2.2' : '2.x', answer: serverVersion };
  return own(`RTVI version ${shown(version)} is not compatible with server protocol ${serverVersion}`);
}

/** Own newest; but a version that cannot be read counts as older than 2.2 for what 2.2 alone is sent. */
const own = (problem: string): Agreement => ({
  generation: '2.x',
  answer: serverVersion,
  warning: `${problem}. Compatibility issues may occur.`,
});

const shown = (version: string): string => version.slice(0, 64);
