/** What a client is told when a call comes into its focus, so that what follows live has a beginning. */
import type { CallInfo } from '../call/control.js';
import { describedCall } from './calls.js';
import { type Dialect, dialects } from './dialects.js';
import type { Counters } from './feed.js';
import type { Generation } from './generation.js';
import { sentenceText, transcription } from './outbound.js';
import { type Json, Outgoing, serverMessage } from './outgoing.js';
import { configOf } from './services.js';
import type { PendingSegment } from './speech-text.js';
import type { Line, Story } from './story.js';

export interface CallState {
  callId: string;
  /** Undefined when the call has ended. */
  info: CallInfo | undefined;
  story: Story;
  counters: Counters | undefined;
}

/** State and configuration, the conversation so far, then the state of speech as it is now. */
export function catchUp(generation: Generation, state: CallState): Outgoing[] {
  const { story } = state;
  const dialect = dialects[generation];
  return [stateMessage(state), ...story.lines.flatMap((line) => retold(dialect, line)), ...speechNow(dialect, story)];
}

function stateMessage({ callId, info, story, counters }: CallState): Outgoing {
  const { response_time: _last, ...metrics } = counters ?? { response_time: undefined };
  return serverMessage({
    type: 'opensips-call-state',
    ...(info ? { ...describedCall(info), config: configOf(info.settings) } : { state: 'ended' }),
    call_id: callId,
    metrics: metrics as Json,
    user_speaking: story.userSpeaking,
    bot_speaking: story.botSpeaking,
    lines: story.lines.length,
  });
}

function retold(dialect: Dialect, line: Line): Outgoing[] {
  return line.role === 'user' ? transcription(line.text, line.epochMs, true) : sentenceText(dialect, line.text);
}

/** What was begun and not ended, so that each end that comes has its beginning. */
function speechNow(dialect: Dialect, story: Story): Outgoing[] {
  const begun: [boolean, string][] = [
    [story.userMuted, 'user-mute-started'],
    [story.userSpeaking, 'user-started-speaking'],
    [story.llmRunning, 'bot-llm-started'],
    [story.ttsRunning, 'bot-tts-started'],
    [story.botSpeaking, 'bot-started-speaking'],
  ];
  const pending = story.text.pending;
  return [
    ...begun.filter(([on]) => on).map(([, type]) => new Outgoing(type)),
    ...pending.flatMap(({ text }) => sentenceText(dialect, text)),
    ...(story.botSpeaking ? pending.flatMap((segment) => spokenSoFar(dialect, segment)) : []),
  ];
}

function spokenSoFar({ output }: Dialect, segment: PendingSegment): Outgoing[] {
  const accumulated = segment.text.slice(0, segment.told);
  const begun = output({ step: 'new', segment });
  if (accumulated === '') return begun;
  return [...begun, ...output({ step: 'progress', segment, accumulated, fresh: accumulated.trim() })];
}
