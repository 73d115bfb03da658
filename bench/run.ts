/**
 * Runs benches: npm run bench [-- NAME…] [--quick] [--minutes N] [--calls N] [--json FILE]. Each trial is a process of
 * its own, contenders take turns, and bench/RESULTS.md gets one section for each bench that ran; sections of the others
 * stay.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Outcome, TrialOptions } from './bench.js';
import { catalogue } from './catalogue.js';
import { buildPrograms } from './native/programs.js';
import { judge, type Measured, machine, section, summarise } from './results.js';

const resultsPath = fileURLToPath(new URL('../../bench/RESULTS.md', import.meta.url));
const trialPath = fileURLToPath(new URL('./trial.js', import.meta.url));

/** No trial takes longer, what a soak was asked for aside. */
const longestTrialMs = 240_000;
const keptStderr = 4000;

/** A signal ends the running trial, which may still tell what it has seen; no other begins. */
let ending = false;
let running: ChildProcess | undefined;

/** Runs one trial to its end; what it says goes to the terminal meanwhile. */
function runTrial(
  args: string[],
  timeoutMs: number,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => {
    said.stdout += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    said.stderr = (said.stderr + text).slice(-keptStderr);
    process.stderr.write(text);
  });
  const tooLong = setTimeout(() => {
    said.stderr += `Error: it took more than ${timeoutMs / 1000} s`;
    child.kill('SIGKILL');
  }, timeoutMs);
  return new Promise((resolve) => {
    child.once('close', (status) => {
      clearTimeout(tooLong);
      resolve({ status, ...said });
    });
  });
}

/** A trial that fails, for wrong contents or by a crash, counts as absent with its reason: the others go on. */
async function trial(bench: string, contender: string, options: TrialOptions): Promise<Outcome> {
  const args = [trialPath, bench, contender, JSON.stringify(options)];
  const { status, stdout, stderr } = await runTrial(args, longestTrialMs + options.minutes * 60_000);
  if (status === 0) return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Outcome;
  const reason = /Error: .*/.exec(stderr)?.[0] ?? `exit status ${status}`;
  return { absent: `a trial failed: ${reason}` };
}

async function measure(name: string, bench: Bench, options: TrialOptions): Promise<Measured> {
  const measured: Measured = new Map(bench.contenders.map((contender) => [contender.name, []]));
  for (let round = 0; round < (options.quick ? 1 : bench.trials); round++)
    for (const [contender, outcomes] of measured) {
      if (ending) break;
      process.stderr.write(`${name}: ${contender}, trial ${round + 1}\n`);
      outcomes.push(await trial(name, contender, options));
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

const jsonOf = (bench: Bench, measured: Measured): object => ({
  results: Object.fromEntries([...measured].map(([who, outcomes]) => [who, summarise(outcomes) ?? outcomes[0]])),
  goals: judge(bench, measured),
});

/** What is measured is written at once: an early end loses nothing. */
async function runAll(names: string[], options: TrialOptions, jsonPath: string | undefined): Promise<void> {
  const sections = new Map<string, string>();
  const json: Record<string, unknown> = { machine: machine() };
  for (const name of names) {
    const bench = catalogue[name];
    if (!bench || ending) continue;
    const began = performance.now();
    const measured = await measure(name, bench, options);
    process.stderr.write(`${name}: took ${Math.round((performance.now() - began) / 1000)} s\n`);
    sections.set(name, section(name, bench, measured));
    process.stdout.write(`${sections.get(name)}\n`);
    writeFileSync(resultsPath, merge(new Map(sections)));
    json[name] = jsonOf(bench, measured);
    if (jsonPath) writeFileSync(jsonPath, `${JSON.stringify(json, null, 2)}\n`);
  }
}

async function main(): Promise<void> {
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
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      ending = true;
      running?.kill(signal);
    });
  await runAll(names, options, values.json);
}

await main();
