/** A call as clients see it: in `list-calls`, `opensips-call-state` and `GET /calls`. */
import type { CallInfo } from '../call/control.js';
import type { Json } from './outgoing.js';

export const describedCall = (info: CallInfo): { [name: string]: Json } => ({
  call_id: info.callId,
  from: info.from,
  to: info.to,
  direction: info.direction,
  state: info.state,
  started_at: info.startedAt,
  duration: info.duration,
  codec: info.codec,
  language: info.language,
});
