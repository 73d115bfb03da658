/** What a bench is: contenders that are measured the same way, and what ours must reach against the peers. */

/** A result by name; the name carries the unit ("p50 ns", "clean: mean delay ms"). */
export type Metrics = Record<string, number>;

/** Why a peer could not be measured on this machine. */
export interface Absent {
  absent: string;
}

export type Outcome = Metrics | Absent;

/** How long a trial takes, where the bench lets it be chosen. */
export interface TrialOptions {
  quick: boolean;
  /** Of a soak. */
  minutes: number;
  calls: number;
}

export interface Contender {
  name: string;
  /** Runs one trial in a process of its own; throws when the contents are wrong. */
  run(options: TrialOptions): Promise<Outcome>;
}

/** The metric is at most `ratio` times that of `against`; `plus` is added to the right side. */
export interface RelativeGoal {
  /** Whose metric; "ours" where it is not said. */
  of?: string;
  metric: string;
  against: string;
  ratio: number;
  plus?: number;
  /** More is better: the metric is at least so much. */
  more?: boolean;
}

/** The metric is at most, or at least, so much. */
export type AbsoluteGoal = { of?: string; metric: string } & ({ atMost: number } | { atLeast: number });

export type Goal = RelativeGoal | AbsoluteGoal;

export interface Bench {
  title: string;
  /** What is measured, on what, and what was checked. */
  about: string;
  /** Trials of each contender, in turn with the others; the median of them counts. */
  trials: number;
  contenders: Contender[];
  goals: Goal[];
}

export const isAbsent = (outcome: Outcome): outcome is Absent =>
  'absent' in outcome && typeof outcome.absent === 'string';
