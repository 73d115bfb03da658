#!/usr/bin/env node
import { reportError } from './cli/report-error.js';
/** The executable: the command line, and one clear line for whatever nobody caught. */
import { run } from './cli.js';

process.on('uncaughtException', (thrown) => process.exit(reportError(thrown)));
process.exitCode = (await run(process.argv)) || (process.exitCode ?? 0);
