/** Does the trunk know us? Asks it, without changing what is registered there. */
import type { Config } from '../config/schema.js';
import { openLog } from '../log.js';
import { nobody } from '../signalling/sip/admission.js';
import { SipServer } from '../signalling/sip/server.js';
import { within } from '../signalling/sip/within.js';
import { planTrunk } from '../sip-plan.js';
import type { Check } from './checks.js';

const answerMs = 5000;

/** None where no trunk is configured. */
export function trunkChecks(config: Config): Check[] {
  const trunk = planTrunk(config);
  if (!config.sip.enabled || !trunk) return [];
  return [
    {
      what: `trunk ${trunk.host}${trunk.register ? `, account ${trunk.user}` : ''}`,
      mend: 'correct trunk.host, trunk.user and trunk.password, or open the firewall between',
      look: () => tryTrunk(config),
    },
  ];
}

/** On a port of its own, so that a server which runs is not disturbed. */
async function tryTrunk(config: Config): Promise<string | undefined> {
  const { ip, advertise } = config.sip;
  const trunk = planTrunk(config);
  const log = openLog('check', 'silent');
  const line = new SipServer({
    ip,
    advertise,
    port: 0,
    maxCalls: 1,
    admission: nobody,
    trunk: trunk && { ...trunk, register: false },
    log,
    userAgent: 'oavc check',
  });
  await line.start((leg) => void leg.refuse(486, 'Busy Here'));
  try {
    let found: string | undefined = `no answer within ${answerMs / 1000} s`;
    const asked = line.askTrunk(trunk?.register ?? false).then(
      () => (found = undefined),
      (thrown: Error) => (found = thrown.message),
    );
    await within(asked, answerMs);
    return found;
  } finally {
    await line.stop();
  }
}
