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
    .description('answer calls from OpenSIPS and over SIP')
    .addOption(
      new Option('--events-fd <fd>', 'write events as JSON lines to this descriptor').argParser(Number).hideHelp(),
    )
    .action(async (flags: ServeFlags, command: Command) => {
      const { config } = configFor(command);
      const log = openLog('main', config.log.level);
      const { startServer } = await import('../serve.js');
      const server = await startServer(config, log);
      const closeLines = flags.eventsFd === undefined ? () => {} : openEventLines(flags.eventsFd, server);
      announce(server);
      await ended();
      await server.stop();
      closeLines();
    });

function announce(server: RunningServer): void {
  const addresses = { sip: server.sip, rtvi: server.rtvi };
  for (const [name, at] of Object.entries(addresses))
    if (at) process.stdout.write(`${name} listens on ${at.address}:${at.port}\n`);
}

/** Resolves at the first SIGINT or SIGTERM; the second one exits with 128 and its number, as a shell expects. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (asked) process.exit(128 + numbers[signal]);
        asked = true;
        resolve();
      });
  });
}
