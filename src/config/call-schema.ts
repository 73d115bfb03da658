/** Options of `[call]` and `[transfer]`: how many calls, how long, how they end, where they may go. */
import { choice, count, flag, section, text } from './option-kinds.js';

export const callSchema = section('how many calls at once, how long they may last, and how they end', {
  max: count(200, 1, 10000, 'calls at once, whichever way they come; [llm] sequences bounds them too'),
  full_status: choice(['503', '486'], '503', 'SIP status for a call that there is no room for'),
  retry_after_s: count(10, 0, 3600, 'Retry-After of a 503, in seconds; 0 for none'),
  provisional: choice(
    ['180', '183'],
    '180',
    'what a caller gets while the engines take his call: 180, his telephone rings; 183 with SDP, he hears our silence',
  ),
  messages: flag(true, 'text that a caller sends during the call (MESSAGE) is answered as if he had said it; else 403'),
  ready_timeout_ms: count(5000, 100, 60000, 'longest wait for the engines to take a call, in milliseconds'),
  max_s: count(14400, 0, 86400, 'longest call, in seconds; 0 for no limit'),
  ring_s: count(60, 1, 600, 'how long a telephone that is called may ring, in seconds'),
  drain_s: count(20, 0, 86400, 'how long running calls may go on after SIGTERM, in seconds'),
  goodbye_en: text(
    'I am sorry, I have to end our call now. Goodbye.',
    'English goodbye before such an end; may be empty',
  ),
  goodbye_tr: text('Üzgünüm, görüşmemizi şimdi bitirmem gerekiyor. Hoşça kalın.', 'Turkish goodbye; may be empty'),
});

export const transferSchema = section('where calls may be sent on to', {
  allow: text('*', 'URIs, users or user@host, separated by blanks, * stands for anything; empty for none'),
  domain: text('', 'host of a destination that is only a number; empty for the host that was called'),
  failed_en: text('', 'said in English when a transfer failed and the caller is back; empty for nothing'),
  failed_tr: text('', 'said in Turkish when a transfer failed and the caller is back; empty for nothing'),
});
