/** Who answers: the agent that was asked for, or the first whose `match` fits the called name. */
import type { AgentConfig } from '../config/schema.js';
import { fault } from '../errors.js';

export type Agents = Readonly<Record<string, AgentConfig>>;

export interface NamedAgent extends AgentConfig {
  /** Of its `[agent NAME]` section. */
  name: string;
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

/** True when `pattern` (with * for anything) fits the whole of `name`. */
export const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${escaped(pattern).replaceAll('*', '.*')}$`, 'i').test(name);

/** The agent of this name; undefined where there is none. */
export function agentNamed(agents: Agents, name: string): NamedAgent | undefined {
  const agent = Object.hasOwn(agents, name) ? agents[name] : undefined;
  return agent && { ...agent, name };
}

/** The agent for a called user name, in the order of the configuration; the first one where none fits. */
export function agentFor(agents: Agents, calledUser: string): NamedAgent {
  const all = Object.entries(agents).map(([name, agent]) => ({ ...agent, name }));
  const agent = all.find(({ match }) => matches(match, calledUser)) ?? all[0];
  if (!agent) throw fault('NOT_SUPPORTED', 'a call', 'no agent is configured');
  return agent;
}
