/** `oavc check`: finds what would go wrong, and says how to mend each. */
import { Command } from 'commander';
import type { Finding } from './checks.js';
import { configFor } from './config-options.js';
import { oneLine } from './report-error.js';

export const checkCommand = (): Command =>
  new Command('check')
    .description('find what would go wrong: ports, models, addon, OpenSIPS, Node; exit code 1 if anything would')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: boolean }, command: Command) => {
      const { config } = configFor(command);
      const { runChecks } = await import('./checks.js');
      const findings: Finding[] = [];
      for await (const finding of runChecks(config)) {
        findings.push(finding);
        if (!flags.json) process.stdout.write(lineOf(finding));
      }
      if (flags.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
      if (findings.some(({ wrong }) => wrong !== undefined)) process.exitCode = 1;
    });

const lineOf = ({ what, wrong, mend }: Finding): string =>
  wrong === undefined ? `ok    ${what}\n` : `WRONG ${what}: ${oneLine(wrong)}\n      ${mend}\n`;
