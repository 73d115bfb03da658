/** What `oavc check` looks at; each check names what it is about, what is wrong, and how to mend it. */
import type { Config } from '../config/schema.js';
import { reasonOf } from '../errors.js';
import { loadAddon } from '../media/addon.js';
import { engineChecks } from './engine-checks.js';
import { portChecks } from './port-checks.js';
import { trunkChecks } from './trunk-check.js';

export interface Finding {
  what: string;
  /** Undefined when all is well. */
  wrong: string | undefined;
  mend: string;
}

export interface Check {
  what: string;
  mend: string;
  /** Throws, or returns what is wrong. */
  look: () => Promise<string | undefined> | string | undefined;
}

/** Runs all checks one after another; a check that throws has found something. */
export async function* runChecks(config: Config): AsyncGenerator<Finding> {
  for (const { what, mend, look } of [
    ...machineChecks,
    ...portChecks(config),
    ...trunkChecks(config),
    ...engineChecks(config),
  ]) {
    const wrong = await Promise.resolve().then(look).catch(reasonOf);
    yield { what, wrong: wrong || undefined, mend };
  }
}

const machineChecks: readonly Check[] = [
  { what: 'Node', mend: 'install Node 20.11 or newer', look: nodeVersion },
  { what: 'media engine', mend: 'run "npm run build:addon"', look: () => void loadAddon() },
];

function nodeVersion(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 11) ? undefined : `this is ${process.version}`;
}
