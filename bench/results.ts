/** From the outcomes of all trials to the tables of RESULTS.md. */
import { cpus, release } from 'node:os';
import {
  type AbsoluteGoal,
  type Bench,
  type Goal,
  isAbsent,
  type Metrics,
  type Outcome,
  type RelativeGoal,
} from './bench.js';

/** Outcomes of every trial by contender. */
export type Measured = Map<string, Outcome[]>;

export interface Verdict {
  goal: Goal;
  ours: number;
  /** The peer's; undefined where the goal is a number. */
  theirs: number | undefined;
  reached: boolean;
}

const slack = 1e-9;

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
};

/** The median of each metric; undefined when the contender was absent. */
export function summarise(outcomes: Outcome[]): Metrics | undefined {
  const metrics = outcomes.filter((outcome): outcome is Metrics => !isAbsent(outcome));
  const names = [...new Set(metrics.flatMap((each) => Object.keys(each)))];
  if (metrics.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, median(metrics.flatMap((each) => each[name] ?? []))]));
}

export function judge(bench: Bench, measured: Measured): Verdict[] {
  return bench.goals.flatMap((goal): Verdict[] => {
    const mine = summarise(measured.get(goal.of ?? 'ours') ?? [])?.[goal.metric];
    if (mine === undefined) return [];
    if (!('against' in goal)) return [{ goal, ours: mine, theirs: undefined, reached: keeps(goal, mine) }];
    const theirs = summarise(measured.get(goal.against) ?? [])?.[goal.metric];
    if (theirs === undefined) return [];
    return [{ goal, ours: mine, theirs, reached: beside(goal, mine, theirs) }];
  });
}

function beside({ ratio, plus = 0, more = false }: RelativeGoal, mine: number, theirs: number): boolean {
  const bound = theirs * ratio + plus;
  return more ? mine >= bound - slack : mine <= bound + slack;
}

const keeps = (goal: AbsoluteGoal, value: number): boolean =>
  'atMost' in goal ? value <= goal.atMost + slack : value >= goal.atLeast - slack;

const shown = (value: number | undefined): string => {
  if (value === undefined || Number.isNaN(value)) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
};

const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;

function table(bench: Bench, measured: Measured): string[] {
  const columns = bench.contenders.map(({ name }) => ({ name, metrics: summarise(measured.get(name) ?? []) }));
  const here = columns.filter(({ metrics }) => metrics !== undefined);
  const names = [...new Set(here.flatMap(({ metrics }) => Object.keys(metrics ?? {})))];
  return [
    row(['', ...here.map(({ name }) => name)]),
    row(['---', ...here.map(() => '---:')]),
    ...names.map((name) => row([name, ...here.map(({ metrics }) => shown(metrics?.[name]))])),
  ];
}

const absences = (measured: Measured): string[] =>
  [...measured].flatMap(([name, outcomes]) => {
    const absent = outcomes.find(isAbsent);
    return absent ? [`- ${name}: not measured in every trial, ${absent.absent}`] : [];
  });

const sentence = ({ goal, ours, theirs, reached }: Verdict): string =>
  `- ${reached ? 'reached' : '**missed**'}: ${goal.metric}, ${shown(ours)} ${comparison(goal, ours, theirs)}`;

function comparison(goal: Goal, ours: number, theirs: number | undefined): string {
  if (!('against' in goal)) return 'atMost' in goal ? `(at most ${goal.atMost})` : `(at least ${goal.atLeast})`;
  const times = theirs ? `${shown(ours / theirs)} ×, ` : '';
  const plus = goal.plus ? ` + ${goal.plus}` : '';
  const bound = goal.more ? 'at least' : 'at most';
  return `against ${shown(theirs)} of ${goal.against} (${times}${bound} ${goal.ratio} ×${plus})`;
}

/** One section of RESULTS.md. */
export const section = (name: string, bench: Bench, measured: Measured): string =>
  [
    `## ${bench.title} (\`${name}\`)`,
    '',
    bench.about,
    '',
    ...table(bench, measured),
    '',
    ...absences(measured),
    ...judge(bench, measured).map(sentence),
    '',
  ].join('\n');

export const machine = (): string => {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, Linux ${release()}, Node ${process.versions.node}`;
};
