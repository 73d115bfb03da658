/** The caller's own SIP user agent, on a free port; calls that come in are refused. */
import type { Config } from '../config/schema.js';
import { openLog } from '../log.js';
import type { Signalling } from '../signalling/leg.js';
import { nobody } from '../signalling/sip/admission.js';
import { SipServer } from '../signalling/sip/server.js';

/** Runs `work` with a user agent that can place calls, and gives it back on every way out. Throws LISTEN_FAILED. */
export async function withSipLine<T>(config: Config, work: (signalling: Signalling) => Promise<T>): Promise<T> {
  const log = openLog('caller', config.log.level);
  const line: Signalling = new SipServer({
    ip: config.sip.ip,
    port: 0,
    maxCalls: 1,
    admission: nobody,
    log,
    userAgent: 'oavc caller',
  });
  await line.start((leg) => {
    leg.handle({ onEnded: () => undefined, onReoffer: async () => leg.remoteSdp, onDigit: () => undefined });
    void leg.refuse(486, 'Busy Here');
  });
  try {
    return await work(line);
  } finally {
    await line.stop();
  }
}
