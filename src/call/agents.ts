/** Who answers a called name: the first agent whose `match` fits. */
import type { AgentConfig } from '../config/schema.js';
import { fault } from '../errors.js';

export type Agents = Readonly<Record<string, AgentConfig>>;

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

/** True when `pattern` (with * for anything) fits the whole of `name`. */
export const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${escaped(pattern).replaceAll('*', '.*')}$`, 'i').test(name);

/** The agent for a called user name, in the order of the configuration; the first one where none fits. */
export function agentFor(agents: Agents, calledUser: string): AgentConfig {
  const all = Object.values(agents);
  const agent = all.find(({ match }) => matches(match, calledUser)) ?? all[0];
  if (!agent) throw fault('NOT_SUPPORTED', 'a call', 'no agent is configured');
  return agent;
}
