/**
 * Who speaks in a call and how: the agent's section, changed by what whoever routed or placed the call asked for. What
 * cannot be had falls back to the agent's, and is told; whether that is a warning or a refusal is the caller's choice.
 */
import type { Config } from '../config/schema.js';
import { fault, type OavcError } from '../errors.js';
import type { CallSettings } from '../pipeline/services.js';
import type { LegParameters } from '../signalling/leg.js';
import { parseUri } from '../signalling/sip/uri.js';
import { agentFor, agentNamed, type NamedAgent } from './agents.js';
import type { PlaceRequest } from './control.js';
import { fillPlaceholders } from './placeholders.js';
import { checkPatch, initialSettings } from './settings.js';

/** Longest prompt, greeting or variable that a call may bring along, in characters. */
const textLimit = 8192;

export interface PlanRequest {
  /** SIP users, for `match` and for the placeholders `{{caller}}` and `{{called}}`. */
  callerUser: string;
  calledUser: string;
  parameters: LegParameters;
}

export interface CallPlan {
  agent: string;
  prompt: string;
  greeting: string;
  greetingInterruptible: boolean;
  /** Digits of the number that the caller is expected to give; 0 for none. */
  expectDigits: number;
  settings: CallSettings;
  /** What was asked for and cannot be had. */
  unmet: OavcError[];
}

export interface PlanSources {
  config: Config;
  languages: readonly string[];
  voicesOf(language: string): readonly string[];
}

export function planCall(sources: PlanSources, request: PlanRequest): CallPlan {
  const unmet: OavcError[] = [];
  const { agent: wished, language, voice, prompt, greeting, ...variables } = request.parameters;
  const agent = chosenAgent(sources.config, request.calledUser, wished, unmet);
  const settings = settingsOf(sources, agent, language, voice, unmet);
  const values = { caller: request.callerUser, called: request.calledUser, ...variables };
  const text = (name: string, own: string, asked: string | undefined): string => {
    const { text: filled, missing } = fillPlaceholders(shortEnough(name, own, asked, unmet), values);
    if (missing.length > 0) unmet.push(fault('OPTION_INVALID', 'call', name, 'values', `none for ${missing}`));
    return filled;
  };
  return {
    agent: agent.name,
    prompt: text('prompt', agent.prompt, prompt),
    greeting: text('greeting', agent.greeting, greeting),
    greetingInterruptible: agent.greeting_interruptible,
    expectDigits: agent.expect_digits,
    settings,
    unmet,
  };
}

function chosenAgent({ agent }: Config, calledUser: string, wished: string | undefined, unmet: OavcError[]) {
  const named = wished === undefined ? undefined : agentNamed(agent, wished);
  if (wished !== undefined && !named)
    unmet.push(fault('OPTION_INVALID', 'call', 'agent', Object.keys(agent).join(' or '), wished));
  return named ?? agentFor(agent, calledUser);
}

/** An own voice belongs to the agent's language: another language speaks with its usual one. */
function settingsOf(
  { config, languages, voicesOf }: PlanSources,
  agent: NamedAgent,
  language: string | undefined,
  voice: string | undefined,
  unmet: OavcError[],
): CallSettings {
  const settings = initialSettings(config, agent);
  if (language !== undefined && language !== agent.language && met({ language }, languages, [], unmet))
    Object.assign(settings, { language, voice: '' });
  if (voice !== undefined && met({ voice }, [], voicesOf(settings.language), unmet)) settings.voice = voice;
  return settings;
}

function met(
  patch: Partial<CallSettings>,
  languages: readonly string[],
  voices: readonly string[],
  unmet: OavcError[],
): boolean {
  try {
    checkPatch(patch, languages, voices);
    return true;
  } catch (thrown) {
    unmet.push(thrown as OavcError);
    return false;
  }
}

function shortEnough(name: string, own: string, asked: string | undefined, unmet: OavcError[]): string {
  if (asked === undefined || asked.length <= textLimit) return asked ?? own;
  unmet.push(fault('OPTION_INVALID', 'call', name, `at most ${textLimit} characters`, `${asked.length}`));
  return own;
}

/** For a call that we place. Whoever asks is there to be told: throws what cannot be had. */
export function planOutbound(
  sources: PlanSources,
  { destination, from = 'oavc', variables, ...wishes }: PlaceRequest,
): CallPlan {
  const { agent, language, voice, prompt, greeting } = wishes;
  const named = Object.entries(variables ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const asked = Object.entries({ ...Object.fromEntries(named), agent, language, voice, prompt, greeting });
  const parameters = Object.fromEntries(asked.filter((wish): wish is [string, string] => wish[1] !== undefined));
  const plan = planCall(sources, { callerUser: userOf(from), calledUser: userOf(destination), parameters });
  const [refusal] = plan.unmet;
  if (refusal) throw refusal;
  return plan;
}

/** The user part of a SIP URI; a bare name or number as it is. */
export const userOf = (address: string): string => parseUri(address)?.user ?? address;
