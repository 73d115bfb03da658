/** Which RTVI a client speaks, and what its declared version decides. */

/** By the first version of each, the newest last; a client speaks the newest of its major that is not newer than itself. */
const since = { '0.x': [0, 0], '1.x': [1, 0], '1.2': [1, 2], '2.x': [2, 0], '2.2': [2, 2] } as const;
export type Generation = keyof typeof since;
export const generations = Object.keys(since) as readonly Generation[];

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
  const generation = generations.findLast((one) => since[one][0] === major && since[one][1] <= minor);
  if (!generation) return own(`RTVI version ${shown(version)} is not compatible with server protocol ${serverVersion}`);
  return { generation, answer: major === 0 ? configVersion : major === 1 ? version : serverVersion };
}

/** Own newest; but a version that cannot be read counts as older than 2.2 for what 2.2 alone is sent. */
const own = (problem: string): Agreement => ({
  generation: '2.x',
  answer: serverVersion,
  warning: `${problem}. Compatibility issues may occur.`,
});

const shown = (version: string): string => version.slice(0, 64);
