/** What a call makes of what its leg is told. */
import { monotonicNs } from '../clock.js';
import type { LegHandlers } from '../signalling/leg.js';
import { SourceRates } from '../signalling/sip/source-rates.js';
import type { Call } from './call.js';
import type { CallDirectory } from './control.js';
import type { Negotiation } from './negotiate.js';
import { answerReferral } from './referred.js';

/** How often a caller may type something: each text cuts the bot off and begins an answer. */
const typingRate = { perSecond: 1, burst: 5 };

/** REFER and MESSAGE are refused where the configuration does not ask for them. */
export function legHandlers(
  call: Call,
  negotiation: Negotiation,
  directory: Pick<CallDirectory, 'place'>,
): LegHandlers {
  const { config } = call.plant;
  return {
    onEnded: (end, detail) => call.legEnded(end, detail),
    onReoffer: async (sdp) => {
      const { sdp: answer, stream } = negotiation.answer(sdp);
      call.change(stream);
      return answer;
    },
    onDigit: (digit, durationMs) => call.digit(digit, durationMs),
    ...(config.call.messages && { onText: typing(call) }),
    ...(config.sip.refer === 'call' && {
      onReferred: (target: string, report: (status: number, reason: string) => void) =>
        void answerReferral(directory, config, target, report),
    }),
  };
}

/** Text of the caller is answered as if he had said it. */
function typing(call: Call): (text: string) => boolean {
  const rates = new SourceRates(typingRate);
  return (text) => {
    if (call.state !== 'running' || !rates.take(call.callId, Number(monotonicNs()) / 1e6)) return false;
    call.sendText(text, { interrupt: true, origin: 'the caller', audio: true });
    return true;
  };
}
