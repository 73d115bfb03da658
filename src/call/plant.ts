/** What every call of this program shares. */
import type { Config } from '../config/schema.js';
import type { Log } from '../log.js';
import type { CallEvent } from '../pipeline/events.js';
import type { Pipeline } from '../pipeline/pipeline.js';

export interface CallPlant {
  config: Config;
  pipeline: Pipeline;
  log: Log;
  /** What this server can do, for the summary. */
  features: string[];
  /** Languages that the engines here can serve. */
  languages: readonly string[];
  /** The response time of the last minute, while it keeps new calls away. */
  tooSlowMs(): number | undefined;
  publish(event: CallEvent): void;
  /** All events of all calls; returns what ends it. */
  subscribe(listener: (event: CallEvent) => void): () => void;
  /** Voices of a language that may be chosen; empty where any name may be. */
  voicesOf(language: string): readonly string[];
}
