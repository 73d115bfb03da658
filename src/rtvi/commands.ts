/** Messages that have no answer but a refusal. What a handler throws is the refusal. */
import { fault } from '../errors.js';
import { type ClientMessageType, type InboundData, type InboundType, textLimit } from './schemas.js';
import { supervise } from './supervisor-audio.js';
import type { Role, Visitor } from './visitor.js';

export type CommandType = Exclude<InboundType, ClientMessageType | 'client-ready' | 'client-message'>;

interface Command<T extends CommandType> {
  needs: Role;
  run(visitor: Visitor, data: InboundData<T>, id: string): void | Promise<void>;
}

/** Taken and left alone: nothing on a telephone shows a page. */
const ignored = { needs: 'watch', run: () => undefined } as const;

export const commands: { [T in CommandType]: Command<T> } = {
  'disconnect-bot': {
    needs: 'steer',
    run: (visitor) =>
      visitor
        .call()
        .hangup('client-hangup', visitor.origin)
        .then(() => undefined),
  },
  'send-text': { needs: 'steer', run: sendText },
  'append-to-context': {
    needs: 'steer',
    run: (visitor, { role, content, run_immediately }) =>
      visitor.call().appendContext(role, plainText(content), run_immediately === true, visitor.origin),
  },
  dtmf: {
    needs: 'steer',
    run: (visitor, data) => visitor.call().pressKeys('buttons' in data ? data.buttons.join('') : data.button),
  },
  'llm-function-call-result': {
    needs: 'steer',
    run: (visitor, { tool_call_id, result }) =>
      visitor.call().answerFunctionCall(tool_call_id, result ?? null, visitor.origin),
  },
  'send-file': {
    needs: 'steer',
    run: () => {
      throw fault('NOT_SUPPORTED', 'send-file', 'the model reads text only');
    },
  },
  'raw-audio': { needs: 'steer', run: (visitor, { base64Audio, ...form }) => speak(visitor, [base64Audio], form) },
  'raw-audio-batch': {
    needs: 'steer',
    run: (visitor, { base64AudioBatch, ...form }) => speak(visitor, base64AudioBatch, form),
  },
  'ui-event': ignored,
  'ui-snapshot': ignored,
  'ui-cancel-job-group': ignored,
  'ui-cancel-task': ignored,
};

function speak(visitor: Visitor, parts: string[], form: { sampleRate: number; numChannels: number }): void {
  const pcm = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
  supervise(visitor, { pcm, rateHz: form.sampleRate, channels: form.numChannels });
}

/** Members that are missing take the protocol's defaults: both true. */
function sendText(visitor: Visitor, { content, options }: InboundData<'send-text'>, id: string): void {
  const call = visitor.call();
  const { origin } = visitor;
  const audio = options?.audio_response !== false;
  const runNow = options?.run_immediately !== false;
  visitor.typed(content, id, () => {
    if (runNow) call.sendText(content, { interrupt: true, origin, audio });
    else call.appendContext('user', content, false, origin);
  });
}

/** Text of a content that is a string, or a list of text parts as chat models have them; throws RTVI_INVALID. */
export function plainText(content: unknown): string {
  const parts = typeof content === 'string' ? [content] : Array.isArray(content) ? content.map(partText) : [undefined];
  if (!parts.every((part) => part !== undefined))
    throw fault('RTVI_INVALID', 'content', 'a string or a list of text parts', typeof content);
  const text = parts.join('\n');
  if (text.length <= textLimit) return text;
  throw fault('RTVI_INVALID', 'content', `at most ${textLimit} characters`, `${text.length}`);
}

function partText(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('text' in part)) return undefined;
  return typeof part.text === 'string' ? part.text : undefined;
}
