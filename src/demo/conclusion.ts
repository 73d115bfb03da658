/** What the demo prints at the end: the ledger of each turn, the summary, the recording, and where to go from here. */
import { ledgerBars } from './bars.js';
import type { Demo } from './demo.js';
import type { ReportTurn } from './report.js';

const turnText = (turn: ReportTurn): string => {
  const answer = turn.interrupted ? `${turn.said} … (interrupted)` : turn.said || '(no answer)';
  return `${turn.asked}\n  → ${answer}\n${ledgerBars(turn)}`;
};

/** Text for a terminal. */
export function conclusion({ report, call, listening }: Pick<Demo, 'report' | 'call' | 'listening'>): string {
  const { media, codec } = call;
  return [
    '\nHow long each answer took, from the last packet of the question to the first of the answer:\n',
    ...report.turns.map(turnText),
    `wire: ${codec}, ${media.packetsReceived} packets received, ${media.packetsLost} lost, jitter ${media.jitterMs.toFixed(1)} ms`,
    `summary: ${JSON.stringify(report.summary)}`,
    `recording (left the caller, right the bot): ${report.recording}`,
    '',
    'Try next, with --stay:',
    `  a softphone        sip:bank@${listening.sip?.address}:${listening.sip?.port}`,
    `  an RTVI client     ws://${listening.rtvi?.address}:${listening.rtvi?.port}/rtvi`,
  ].join('\n');
}
