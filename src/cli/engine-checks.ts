/** Checks of the engines: each is tried on its model in a child process, as the server does at its start. */
import type { Config } from '../config/schema.js';
import { probeEngine } from '../engines/probe.js';
import type { EngineKind } from '../engines/registry.js';
import { type EngineSections, resolveEngines, resolveTurnEngine } from '../models/resolve.js';
import type { EngineChoice } from '../pipeline/workers/protocol.js';
import type { Check } from './checks.js';

const roles = { stt: 'speech', llm: 'language', tts: 'voice' } as const;
type Kind = keyof typeof roles;
const anyLanguage = '*';

export function engineChecks(config: Config): Check[] {
  const languages = [...new Set(Object.values(config.agent).map(({ language }) => language))];
  const inEach = (kind: Kind) => languages.map((language) => engineCheck(config, kind, language));
  const smart = config.turn.strategy === 'smart' ? [smartCheck(config)] : [];
  return [...inEach('stt'), engineCheck(config, 'llm', anyLanguage), ...inEach('tts'), ...smart];
}

const engineCheck = (config: Config, kind: Kind, language: string): Check => ({
  what: `${kind} ${config[kind].engine}${language === anyLanguage ? '' : ` in ${language}`}`,
  mend: `do what the message says, run "oavc models verify", or choose another ${kind}.engine or model`,
  look: () => tryEngine(kind, choiceOf(config, kind, language)),
});

const smartCheck = (config: Config): Check => ({
  what: `end of turn ${config.turn.smart_model}`,
  mend: `run "oavc models get ${config.turn.smart_model}", or choose another turn.smart_model or turn.strategy`,
  look: () => tryEngine('turn', resolveTurnEngine(config)),
});

/** Resolves one kind alone: what another kind lacks must not hide what this one lacks. */
function choiceOf({ stt, llm, tts, models }: Config, kind: Kind, language: string): EngineChoice | undefined {
  const own = <T extends { engine: string }>(of: Kind, section: T) =>
    of === kind ? section : { ...section, engine: 'scripted' as const };
  const sections: EngineSections = { models, stt: own('stt', stt), llm: own('llm', llm), tts: own('tts', tts) };
  const resolved: Record<string, Record<string, EngineChoice>> = {
    ...resolveEngines(sections, language === anyLanguage ? [] : [language]),
  };
  return resolved[roles[kind]]?.[language];
}

async function tryEngine(kind: EngineKind, choice: EngineChoice | undefined): Promise<string | undefined> {
  if (!choice) return 'no engine was found';
  await probeEngine(kind, choice.name, choice.options);
  return undefined;
}
