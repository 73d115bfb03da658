/** From the configuration to what the own SIP user agent is to be. */
import { usersOf, words } from './config/rules.js';
import type { Config } from './config/schema.js';
import type { Log } from './log.js';
import { isAlgorithm } from './signalling/sip/digest.js';
import type { SipServerOptions } from './signalling/sip/server.js';
import type { TrunkOptions } from './signalling/sip/trunk.js';

/** Twice the calls: those beyond the limit are refused by the calls, which say when to try again. */
export function planSip(config: Config, log: Log, full: () => boolean): SipServerOptions {
  const { sip, call } = config;
  return {
    ip: sip.ip,
    port: sip.port,
    tcp: sip.tcp,
    advertise: sip.advertise,
    maxCalls: 2 * call.max + 50,
    full,
    admission: {
      allow: words(sip.allow),
      users: usersOf(sip.users),
      realm: sip.realm,
      digests: words(sip.digests).filter(isAlgorithm),
      perSecond: sip.rate,
    },
    session: { expiresS: sip.session_expires_s, minS: sip.min_se_s },
    trunk: planTrunk(config),
    log,
    userAgent: 'oavc',
  };
}

/** Undefined where there is none. */
export function planTrunk({ trunk }: Config): TrunkOptions | undefined {
  const { host, user, password, register, expires_s: expiresS } = trunk;
  return host === '' ? undefined : { host, user, password, register, expiresS };
}
