/** `oavc config`: the effective configuration with the origin of each value; `--docs` writes the papers. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { papers } from '../config/document.js';
import { printIni, printJson } from '../config/print.js';
import { configFor } from './config-options.js';
import { commandPage } from './document.js';

interface ConfigFlags {
  json?: boolean;
  docs?: string | true;
}

export const configCommand = (): Command =>
  new Command('config')
    .description('print the effective configuration, and where each value came from')
    .option('--json', 'as JSON')
    .option('--docs [folder]', 'instead write docs/ and config/oavc.full.ini below a folder (here)')
    .action(async (flags: ConfigFlags, command: Command) => {
      if (flags.docs !== undefined) return writePapers(flags.docs === true ? '.' : flags.docs, command);
      const loaded = configFor(command);
      process.stdout.write(flags.json ? printJson(loaded) : printIni(loaded));
    });

async function writePapers(folder: string, command: Command): Promise<void> {
  const pages: Record<string, string> = { ...papers(), 'docs/cli.md': commandPage(command.parent ?? command) };
  const rtvi = join(folder, 'docs/rtvi.md');
  // Written by hand but for its reference: renewed where it is, not made.
  if (existsSync(rtvi)) {
    const { withReference } = await import('../rtvi/document.js');
    pages['docs/rtvi.md'] = withReference(readFileSync(rtvi, 'utf8'));
  }
  for (const [name, text] of Object.entries(pages)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
