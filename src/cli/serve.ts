/** `oavc serve`: runs the server until a signal; the first ends it gracefully, the second at once. */
import { Command, Option } from 'commander';
import { openLog } from '../log.js';
import type { RunningServer } from '../serve.js';
import { configFor } from './config-options.js';
import { openEventLines } from './event-lines.js';

interface ServeFlags {
  eventsFd?: number;
}

export const serveCommand = (): Command =>
  new Command('serve')
    .description('answer calls from OpenSIPS and over SIP; a call summary a line goes to stdout')
    .addOption(new Option('--events-fd <fd>', 'write events as JSON lines to this pipe').argParser(Number).hideHelp())
    .action(async (flags: ServeFlags, command: Command) => {
      const { config } = configFor(command);
      const { startServer } = await import('../serve.js');
      const server = await startServer(config, openLog('main', config.log.level));
      announce(server);
      const end = new AbortController();
      const closeLines =
        flags.eventsFd === undefined ? undefined : openEventLines(flags.eventsFd, server, () => end.abort());
      await ended(end.signal);
      await server.stop();
      closeLines?.();
    });

function announce(server: RunningServer): void {
  const { sip, opensips, rtvi } = server;
  for (const [name, at] of Object.entries({ SIP: sip, 'OpenSIPS events': opensips, RTVI: rtvi }))
    if (at) process.stdout.write(`${name} on ${at.address}:${at.port}\n`);
  server.onSummary((summary) => process.stdout.write(`${JSON.stringify(summary)}\n`));
}

/** Resolves at the first signal or when `gone` aborts; the second signal exits with 128 and its number, as a shell expects. */
function ended(gone: AbortSignal): Promise<void> {
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
  return new Promise((resolve) => {
    gone.addEventListener('abort', () => resolve(), { once: true });
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (asked) process.exit(128 + numbers[signal]);
        asked = true;
        resolve();
      });
  });
}
