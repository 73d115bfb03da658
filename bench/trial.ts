/** One trial in a process of its own: trial.js BENCH CONTENDER OPTIONS; prints the outcome as one line of JSON. */
import type { TrialOptions } from './bench.js';
import { catalogue } from './catalogue.js';

async function main([bench = '', contender = '', options = '']: string[]): Promise<void> {
  const found = catalogue[bench]?.contenders.find(({ name }) => name === contender);
  if (!found) throw new Error(`expected a bench and a contender, got ${bench} ${contender}`);
  const outcome = await found.run(JSON.parse(options) as TrialOptions);
  process.stdout.write(`\n${JSON.stringify(outcome)}\n`, () => process.exit(0));
}

await main(process.argv.slice(2));
