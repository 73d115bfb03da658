/** The `opensips-*` server messages (design 8). Times in epoch seconds, durations in seconds; `call_id` in each. */
import type { CallEvent, CallEventOf, CallEventType, MediaQuality } from '../pipeline/events.js';
import type { LatencyPercentiles, LatencyRow } from './feed.js';
import { type Json, type Outgoing, serverMessage } from './outgoing.js';
import { describedChange } from './services.js';
import type { Scene } from './story.js';

type Members = { [name: string]: Json };
type Row<T extends CallEventType> = (event: CallEventOf<T>, scene: Scene) => [type: string, members: Members];

const table: { [T in CallEventType]?: Row<T> } = {
  'call-started': ({ from, to, direction, codec, features }, scene) => [
    'opensips-call-started',
    { from, to, direction, codec, features, timestamp: timestamp(scene) },
  ],
  'user-started-speaking': (_event, scene) => [
    'opensips-user-speech-start',
    { timestamp: timestamp(scene), call_duration: scene.callDurationS },
  ],
  'user-stopped-speaking': ({ speechMs }, { counters }) => [
    'opensips-user-speech-end',
    { speech_duration: speechMs / 1000, total_utterances: counters.total_user_utterances },
  ],
  // No response time where the bot answers nobody, as with a greeting.
  'bot-started-speaking': (_event, { counters }) => [
    'opensips-bot-response-start',
    {
      response_time: counters.response_time,
      avg_response_time: counters.avg_response_time,
      conversation_turns: counters.conversation_turns,
    },
  ],
  'bot-stopped-speaking': ({ speechMs }) => ['opensips-bot-response-end', { response_duration: speechMs / 1000 }],
  'bot-interrupted': ({ cause, heard }, scene) => [
    'opensips-bot-interrupted',
    { interruption_count: scene.counters.interruption_count, timestamp: timestamp(scene), cause, heard },
  ],
  'transcript-final': ({ text, confidence, language }, scene) => [
    'opensips-transcription',
    { text, confidence, timestamp: timestamp(scene), language },
  ],
  'transcript-dropped': ({ text, confidence, why }, scene) => [
    'opensips-transcription-dropped',
    { text, confidence, timestamp: timestamp(scene), why },
  ],
  'turn-judged': ({ strategy, silenceMs, reason, completion }, scene) => [
    'opensips-turn-judged',
    { strategy, silence_ms: silenceMs, reason, completion, timestamp: timestamp(scene) },
  ],
  'digits-collected': ({ digits }, scene) => ['opensips-digits', { digits, timestamp: timestamp(scene) }],
  'caller-silent': ({ asked, ends }, scene) => ['opensips-caller-silent', { asked, ends, timestamp: timestamp(scene) }],
  digit: ({ digit, durationMs }, scene) => [
    'opensips-digit',
    { digit, duration: durationMs / 1000, timestamp: timestamp(scene) },
  ],
  'settings-changed': ({ origin, changes }, scene) => [
    'opensips-config-changed',
    { origin, changes: changes.map(describedChange), timestamp: timestamp(scene) },
  ],
  'transfer-started': ({ destination, origin }, scene) => [
    'opensips-transfer-started',
    { destination, origin, timestamp: timestamp(scene) },
  ],
  'transfer-ended': ({ destination, success, status, reason }, scene) => [
    'opensips-transfer-ended',
    { destination, success, status, reason, timestamp: timestamp(scene) },
  ],
  'media-quality': ({ quality }) => ['opensips-media-quality', qualityMembers(quality)],
};

/** The server message of an event; none for most. */
export function eventMessages(event: CallEvent, scene: Scene): Outgoing[] {
  // The compiler cannot see that event and row go by the same type.
  const row = table[event.type] as Row<CallEventType> | undefined;
  if (!row) return [];
  const [type, members] = row(event, scene);
  return [serverMessage({ type, call_id: event.callId, ...members })];
}

/** The ledger of one turn. */
export const latencyMessage = (row: LatencyRow, percentiles?: LatencyPercentiles): Outgoing =>
  serverMessage({
    type: 'opensips-turn-latency',
    call_id: row.callId,
    turn: row.turn,
    kind: row.kind,
    interrupted: row.interrupted,
    parts_ms: row.partsMs,
    sum_ms: row.sumMs,
    ...percentiles,
  });

export const endedMessage = (callId: string, timestampS: number, reason: string, summary: Json): Outgoing =>
  serverMessage({ type: 'opensips-call-ended', call_id: callId, timestamp: timestampS, reason, summary });

const timestamp = (scene: Scene): number => scene.epochMs / 1000;

/** A measure that is -1 while it is unknown. */
const known = (value: number): number | null => (value < 0 ? null : value);

function qualityMembers(quality: MediaQuality): Members {
  return {
    loss: quality.lossRatio,
    jitter: quality.jitterMs / 1000,
    delay: quality.playoutDelayMs / 1000,
    round_trip: quality.roundTripMs < 0 ? null : quality.roundTripMs / 1000,
    concealed: quality.framesConcealed,
    lost: quality.packetsLost,
    mos: quality.mos,
    remote_loss: known(quality.remoteLossRatio),
    remote_jitter: quality.remoteJitterMs < 0 ? null : quality.remoteJitterMs / 1000,
    remote_mos: known(quality.remoteMos),
  };
}
