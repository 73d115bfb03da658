import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialects } from '../../src/rtvi/dialects.js';
import { type Generation, generations } from '../../src/rtvi/generation.js';
import { type OutputStep, SpeechText } from '../../src/rtvi/speech-text.js';

/** Every step of one sentence, heard word by word and cut off before its end. */
function interrupted(): OutputStep[] {
  const text = new SpeechText();
  return [
    ...text.started(1),
    ...text.sentence(1, 0, 'Your call is transferred.'),
    ...text.progress(1, 0, 'Your'),
    ...text.progress(1, 0, 'Your call is'),
    ...text.cut(1, 'Your call is'),
  ];
}

const told = (generation: Generation, steps: OutputStep[]): string[] =>
  steps
    .flatMap((step) => dialects[generation].output(step))
    .map((message) => {
      const data = JSON.parse(JSON.stringify(message.data)) as Record<string, unknown>;
      const progress = data.spoken_progress as { accumulated_text: string; remaining_text: string } | undefined;
      const place = progress ? `${progress.accumulated_text}|${progress.remaining_text}` : String(data.text);
      return `${message.type} ${String(data.spoken_status ?? data.spoken ?? '')} ${place}`;
    });

const words = ['bot-tts-text  Your', 'bot-tts-text  call is'];
const flat = [
  'bot-output false Your call is transferred.',
  'bot-output true Your',
  'bot-tts-text  Your',
  'bot-output true call',
  'bot-output true is',
  'bot-tts-text  call is',
];
const segmented = [
  'bot-output new |Your call is transferred.',
  'bot-output in-progress Your| call is transferred.',
  'bot-tts-text  Your',
  'bot-output in-progress Your call is| transferred.',
  'bot-tts-text  call is',
];
const expected: Record<Generation, string[]> = {
  '0.x': words,
  '1.x': flat,
  '1.2': flat,
  '2.x': segmented,
  '2.2': segmented,
};

for (const generation of generations) {
  test(`${generation}: a cut-off sentence is told word by word, no word twice`, () => {
    assert.deepEqual(told(generation, interrupted()), expected[generation]);
  });
}

test('2.x: text that is not spoken says so', () => {
  const text = new SpeechText();
  text.unspoken(3);
  const [message] = text.sentence(3, 0, 'Only written.').flatMap((step) => dialects['2.x'].output(step));
  const data = message?.data as Record<string, unknown>;
  assert.deepEqual([data.will_be_spoken, data.spoken_status, data.spoken_progress], [false, 'new', undefined]);
});
