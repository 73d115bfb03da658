/** `oavc serve`: runs the server until a signal; the first lets calls finish, the second ends them at once, the third the process. */
import { Command, Option } from 'commander';
import { openLog } from '../log.js';
import type { RunningServer } from '../serve.js';
import { configFor } from './config-options.js';
import { openEventLines } from './event-lines.js';

const atOnceMs = 3000;

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
      const signals = takeSignals(() => end.abort());
      const closeLines =
        flags.eventsFd === undefined ? undefined : openEventLines(flags.eventsFd, server, () => end.abort());
      await aborted(end.signal);
      await server.drain(flags.eventsFd === undefined ? signals : AbortSignal.abort());
      await server.stop();
      closeLines?.();
    });

function announce(server: RunningServer): void {
  const { sip, opensips, rtvi } = server;
  for (const [name, at] of Object.entries({ SIP: sip, 'OpenSIPS events': opensips, RTVI: rtvi }))
    if (at) process.stdout.write(`${name} on ${at.address}:${at.port}\n`);
  server.onSummary((summary) => process.stdout.write(`${JSON.stringify(summary)}\n`));
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

/** The first signal calls `onFirst`, the second aborts what is returned, the third exits as a shell expects. */
function takeSignals(onFirst: () => void): AbortSignal {
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
  const hurry = new AbortController();
  let count = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      count++;
      if (count === 1) onFirst();
      else if (count === 2) hurryUp(hurry);
      else process.exit(128 + numbers[signal]);
    });
  return hurry.signal;
}

/** Calls get their BYE; a worker that then keeps the process is not waited for. */
function hurryUp(hurry: AbortController): void {
  hurry.abort();
  setTimeout(() => process.exit(1), atOnceMs).unref();
}
