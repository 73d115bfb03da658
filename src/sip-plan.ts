/** From the configuration to what the own SIP user agent is to be. */
import type { Config } from './config/schema.js';
import type { Log } from './log.js';
import type { SipServerOptions } from './signalling/sip/server.js';

export function planSip({ sip }: Config, log: Log): SipServerOptions {
  return {
    ip: sip.ip,
    port: sip.port,
    tcp: sip.tcp,
    advertise: sip.advertise,
    maxCalls: sip.max_calls,
    log,
    userAgent: 'oavc',
  };
}
