/**
 * Runs benches: npm run bench [-- NAME…] [--quick] [--minutes N] [--calls N] [--json FILE]. Each trial is a process of its own, contenders take
 * turns, and bench/RESULTS.md gets one section for each bench that ran; sections of the others stay.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Outcome, TrialOptions } from './bench.js';
import { catalogue } from './catalogue.js';
import { buildPrograms } from './native/programs.js';
import { judge, type Measured, machine, section, summarise } from './results.js';

const resultsPath = fileURLToPath(new URL('../../bench/RESULTS.md', import.meta.url));
const trialPath = fileURLToPath(new URL('./trial.js', import.meta.url));

/** A trial that fails, for wrong contents or by a crash, counts as absent with its reason: the others go on. */
function trial(bench: string, contender: string, options: TrialOptions): Outcome {
  const args = [trialPath, bench, contender, JSON.stringify(options)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Outcome;
  const reason = /Error: .*/.exec(stderr)?.[0] ?? `exit status ${status}`;
  return { absent: `a trial failed: ${reason}` };
}

function measure(name: string, bench: Bench, options: TrialOptions): Measured {
  const measured: Measured = new Map(bench.contenders.map((contender) => [contender.name, []]));
  for (let round = 0; round < (options.quick ? 1 : bench.trials); round++)
    for (const [contender, outcomes] of measured) {
      process.stderr.write(`${name}: ${contender}, trial ${round + 1}\n`);
      outcomes.push(trial(name, contender, options));
    }
  return measured;
}

/** Puts the new sections in the place of the old ones of the same bench. */
function merge(sections: Map<string, string>): string {
  const old = existsSync(resultsPath) ? readFileSync(resultsPath, 'utf8').split(/^(?=## )/m) : [];
  for (const part of old) {
    const name = /^## .*\(`(.+)`\)/.exec(part)?.[1];
    if (name && !sections.has(name) && catalogue[name]) sections.set(name, part);
  }
  const ordered = Object.keys(catalogue).flatMap((name) => sections.get(name)?.trimEnd() ?? []);
  return [
    '# Results',
    '',
    `Written by \`npm run bench\`. Last run on ${machine()}.`,
    '',
    ordered.join('\n\n'),
    '',
  ].join('\n');
}

function chosenNames(wanted: string[]): string[] {
  const all = Object.keys(catalogue);
  const unknown = wanted.find((name) => !all.some((each) => each.startsWith(name)));
  if (unknown) throw new Error(`expected benches of ${all.join(', ')}, got ${unknown}`);
  return wanted.length === 0 ? all : all.filter((each) => wanted.some((name) => each.startsWith(name)));
}

/** Throws unless the option is a number above zero. */
function number<Name extends string>(name: Name, values: Record<Name, string>): number {
  const value = Number(values[name]);
  if (value > 0) return value;
  throw new Error(`expected a number above zero for --${name}, got ${values[name]}`);
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '2' },
      calls: { type: 'string', default: '100' },
      json: { type: 'string' },
    },
  });
  const options = { quick: values.quick, minutes: number('minutes', values), calls: number('calls', values) };
  const names = chosenNames(positionals);
  const failure = buildPrograms();
  if (failure) process.stderr.write(`the native programs were not built: ${failure}\n`);
  const sections = new Map<string, string>();
  const json: Record<string, unknown> = { machine: machine() };
  for (const name of names) {
    const bench = catalogue[name];
    if (!bench) continue;
    const measured = measure(name, bench, options);
    sections.set(name, section(name, bench, measured));
    process.stdout.write(`${sections.get(name)}\n`);
    writeFileSync(resultsPath, merge(new Map(sections)));
    const results = Object.fromEntries(
      [...measured].map(([who, outcomes]) => [who, summarise(outcomes) ?? outcomes[0]]),
    );
    json[name] = { results, goals: judge(bench, measured) };
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(json, null, 2)}\n`);
}

main();
