/** Who answers a called name: the first agent whose `match` fits. */
import type { AgentConfig } from '../config/schema.js';

export type Agents = Readonly<Record<string, AgentConfig>>;

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

/** True when `pattern` (with * for anything) fits the whole of `name`. */
export const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${escaped(pattern).replaceAll('*', '.*')}$`, 'i').test(name);

/** The agent for a called user name, in the order of the configuration; `fallback` where none fits. */
export function agentFor(agents: Agents, calledUser: string, fallback: AgentConfig): AgentConfig {
  return Object.values(agents).find(({ match }) => matches(match, calledUser)) ?? fallback;
}
