/** The command line: one file a command in `cli/`, the options of the configuration on all of them. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { callCommand } from './cli/call.js';
import { checkCommand } from './cli/check.js';
import { configCommand } from './cli/config.js';
import { addConfigOptions } from './cli/config-options.js';
import { demoCommand } from './cli/demo.js';
import { modelsCommand } from './cli/models.js';
import { reportError } from './cli/report-error.js';
import { serveCommand } from './cli/serve.js';

/** Seen from `dist/src`, where this file runs. */
const packageFile = new URL('../../package.json', import.meta.url);

function version(): string {
  const { version: number } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return number;
}

/** The whole command line, for running and for `docs/cli.md`. */
export function program(): Command {
  const root = new Command('oavc')
    .description('Answers telephone calls: hears, thinks and talks back, on this machine.')
    .version(version())
    .configureHelp({ helpWidth: 110 })
    .exitOverride();
  addConfigOptions(root);
  const commands = [serveCommand, demoCommand, callCommand, modelsCommand, checkCommand, configCommand];
  for (const make of commands) root.addCommand(make().copyInheritedSettings(root));
  root.addHelpText('after', '\nThe options above may also stand behind a command.');
  return root;
}

/** Runs a command line; resolves with the exit code: 0 done, 1 failed, 2 wrong use or configuration. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(argv);
    return 0;
  } catch (thrown) {
    return reportError(thrown);
  }
}
