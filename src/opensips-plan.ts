/** From the configuration to how OpenSIPS is spoken with. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config/schema.js';
import type { Log } from './log.js';
import type { OpenSipsOptions } from './signalling/opensips/sessions.js';

export function planOpenSips({ opensips, engine }: Config, log: Log): OpenSipsOptions {
  return {
    miIp: opensips.ip,
    miPort: opensips.port,
    eventIp: engine.event_ip,
    eventPort: engine.event_port,
    timeoutMs: opensips.timeout_ms,
    expireS: opensips.expire_s,
    connector: opensips.connector,
    journal: journalFile(opensips),
    log,
  };
}

/** One file for each pair of an OpenSIPS and a connector, under XDG_STATE_HOME unless it was named. */
function journalFile({ journal, connector, ip, port }: Config['opensips']): string {
  if (journal !== '') return journal;
  const name = ['sessions', ip, port, connector].filter((part) => part !== '').join('-');
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(state, 'oavc', name.replace(/[^\w.-]/g, '_'));
}
