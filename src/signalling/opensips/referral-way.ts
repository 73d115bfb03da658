/** How the peer of a session hears of the call that its REFER asked for: one command after the other. */
import type { ReferralWay } from '../referred.js';
import { notify, reply } from './commands.js';
import type { SessionLeg } from './session-leg.js';

/** `failed` is told of each command that OpenSIPS did not take. A NOTIFY that overtook the answer would be refused. */
export function referralWay(leg: SessionLeg, failed: (thrown: unknown) => void): ReferralWay {
  const { key, host } = leg;
  let told: Promise<unknown> = Promise.resolve();
  return {
    respond: (status, reason) => {
      told = host.mi.call('ua_session_reply', reply(key, 'REFER', status, reason)).catch(failed);
    },
    notify: (headers, body) => {
      const next = () => (leg.answered ? host.mi.call('ua_session_update', notify(key, headers, body)) : undefined);
      told = told.then(next).catch(failed);
    },
  };
}
