/** `bot-output` and `bot-tts-text` in the forms that there have been. */
import { type Json, Outgoing } from './outgoing.js';
import type { OutputStep, Segment } from './speech-text.js';

/** The kind under all three names that it has had. */
const kind = { output_type: 'sentence', text_type: 'sentence', aggregated_by: 'sentence' } as const;

/** Messages for one step of what the bot is heard to say. */
export type OutputForm = (step: OutputStep) => Outgoing[];

/** Before `bot-output`: what was spoken by this step; nothing for a step that only announces. */
export function spokenOnly(step: OutputStep): Outgoing[] {
  if (step.step === 'new' || step.step === 'written' || step.fresh === '') return [];
  return [new Outgoing('bot-tts-text', { text: step.fresh })];
}

export const flatOutput: OutputForm = (step) => [...flat(step), ...spokenOnly(step)];
export const segmentedOutput: OutputForm = (step) => [...segmented(step), ...spokenOnly(step)];

/** 1.x: the sentence unspoken, then its words as they are heard; the whole sentence where no word of it was told. */
function flat(step: OutputStep): Outgoing[] {
  if (step.step === 'new' || step.step === 'written') return [flatMessage(step.segment.text, false, 'sentence')];
  if (step.step === 'completed' && step.fresh === step.segment.text.trim())
    return [flatMessage(step.segment.text, true, 'sentence')];
  return spokenWords(step.fresh);
}

const spokenWords = (text: string): Outgoing[] =>
  text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => flatMessage(word, true, 'word'));

const flatMessage = (text: string, spoken: boolean, aggregation: 'sentence' | 'word'): Outgoing =>
  new Outgoing('bot-output', {
    text,
    spoken,
    output_type: aggregation,
    text_type: aggregation,
    aggregated_by: aggregation,
  });

/** 2.x: `accumulated_text` followed by `remaining_text` is exactly the text. */
function segmented(step: OutputStep): Outgoing[] {
  const { segment } = step;
  if (step.step === 'written') return [unspokenSegment(segment)];
  if (step.step === 'new') return [segmentMessage(segment, 'new', 0)];
  if (step.step === 'completed') return [segmentMessage(segment, 'completed', segment.text.length)];
  return step.fresh === '' ? [] : [segmentMessage(segment, 'in-progress', step.accumulated.length)];
}

const unspokenSegment = ({ id, text }: Segment): Outgoing =>
  new Outgoing('bot-output', { text, ...kind, segment_id: id, will_be_spoken: false, spoken_status: 'new' });

function segmentMessage({ id, text }: Segment, status: 'new' | 'in-progress' | 'completed', spoken: number): Outgoing {
  const position: Json = { accumulated_text: text.slice(0, spoken), remaining_text: text.slice(spoken) };
  return new Outgoing('bot-output', {
    text,
    ...kind,
    segment_id: id,
    will_be_spoken: true,
    spoken_status: status,
    spoken_progress: position,
  });
}
