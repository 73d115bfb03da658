/** Runs sipp with scenarios of ours. They are not compiled, so they are read from the sources. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Why tests with sipp cannot run here; false where they can. */
export const sippMissing =
  spawnSync('sipp', ['-v']).error !== undefined && 'sipp is not installed (apt-get install sip-tester)';

/** Fills in the `@NAME@`s of a scenario and puts it into `folder`; returns its path. */
export function writeScenario(name: string, folder: string, values: Record<string, string>): string {
  const source = fileURLToPath(new URL(`../../../test/support/sipp/${name}.xml`, import.meta.url));
  const text = Object.entries(values).reduce(
    (xml, [key, value]) => xml.replaceAll(`@${key}@`, value),
    readFileSync(source, 'utf8'),
  );
  const file = join(folder, `${name}-${values.USER ?? 'any'}.xml`);
  writeFileSync(file, text);
  return file;
}

/** sipp's own time-out waits for calls that hang. */
const longestMs = 290_000;

/** Resolves when all calls are over; rejects with the end of sipp's output when one failed or hangs. */
export async function runSipp(
  target: string,
  scenario: string,
  folder: string,
  args: readonly string[],
): Promise<void> {
  const child = spawn('sipp', [target, '-sf', scenario, '-i', '127.0.0.1', '-nostdin', ...args], {
    cwd: folder,
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const keep = (data: Buffer): void => {
    output = (output + data).slice(-2000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`sipp ended with ${code}: ${output}`);
}
