import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpeechText } from '../../src/rtvi/speech-text.js';

const steps = (output: ReturnType<SpeechText['heard']>): string[] =>
  output.map(
    ({ step, segment, ...more }) =>
      `${step} ${segment.id} ${'accumulated' in more ? more.accumulated : segment.text}${'fresh' in more && step === 'progress' ? ` (${more.fresh})` : ''}`,
  );

test('nothing is shown before the playout begins; then in order', () => {
  const text = new SpeechText();
  assert.deepEqual(steps(text.sentence(1, 0, 'One.')), []);
  assert.deepEqual(steps(text.sentence(1, 1, 'Two.')), []);
  assert.deepEqual(steps(text.started(1)), ['new 1 One.', 'new 2 Two.']);
  assert.deepEqual(steps(text.sentence(1, 2, 'Three.')), ['new 3 Three.']);
  assert.deepEqual(steps(text.heard(1, 0, 'One.')), ['completed 1 One.']);
  assert.deepEqual(
    text.pending.map(({ id }) => id),
    [2, 3],
  );
});

test('a sentence that is heard before it was announced is announced first', () => {
  const text = new SpeechText();
  text.started(1);
  assert.deepEqual(steps(text.heard(1, 0, 'One.')), ['new 1 One.', 'completed 1 One.']);
  assert.deepEqual(steps(text.sentence(1, 0, 'One.')), [], 'and not again');
  assert.deepEqual(steps(text.heard(1, 0, 'One.')), []);
});

test('a cut shows what was heard of the open sentence', () => {
  const text = new SpeechText();
  text.sentence(1, 0, 'One.');
  text.sentence(1, 1, 'Two and three.');
  text.started(1);
  text.heard(1, 0, 'One.');
  assert.deepEqual(steps(text.cut(1, 'One. Two and')), ['cut 2 Two and']);
});

for (const heard of ['One.', '', 'something else'])
  test(`a cut after "${heard}" shows nothing more`, () => {
    const text = new SpeechText();
    text.sentence(1, 0, 'One.');
    text.sentence(1, 1, 'Two.');
    text.started(1);
    text.heard(1, 0, 'One.');
    assert.deepEqual(steps(text.cut(1, heard)), []);
  });

test('what comes for a turn that is over, or an older one, is dropped', () => {
  const text = new SpeechText();
  text.started(2);
  text.cut(2, '');
  assert.deepEqual(steps(text.sentence(2, 5, 'Late.')), []);
  assert.deepEqual(steps(text.started(1)), []);
  assert.equal(text.current(2), false);
  assert.equal(text.current(3), true);
  assert.deepEqual(text.pending, []);
});

test('ids differ between turns', () => {
  const text = new SpeechText();
  text.started(1);
  text.sentence(1, 0, 'One.');
  text.stopped(1);
  text.started(2);
  assert.deepEqual(steps(text.sentence(2, 0, 'Two.')), ['new 2 Two.']);
});

test('words are told as they are heard, each once, and none of what is not known', () => {
  const text = new SpeechText();
  text.sentence(1, 0, 'One two three.');
  assert.deepEqual(steps(text.progress(1, 0, 'One')), [], 'not before the playout begins');
  text.started(1);
  assert.deepEqual(steps(text.progress(1, 0, 'One')), ['progress 1 One (One)']);
  assert.deepEqual(steps(text.progress(1, 0, 'One')), []);
  assert.deepEqual(steps(text.progress(1, 0, 'One two')), ['progress 1 One two (two)']);
  assert.deepEqual(steps(text.progress(1, 1, 'Four')), [], 'a sentence that was not announced');
  assert.deepEqual(steps(text.progress(1, 0, 'Other words')), [], 'words that are not its own');
  assert.equal(text.pending[0]?.told, 'One two'.length);
  const [completed] = text.heard(1, 0, 'One two three.');
  assert.equal(completed?.step === 'completed' && completed.fresh, 'three.');
  assert.deepEqual(steps(text.progress(1, 0, 'One two three')), [], 'nothing behind its end');
});

test('an answer that is not spoken is told at once, and disturbs no other', () => {
  const text = new SpeechText();
  text.sentence(1, 0, 'Spoken.');
  text.started(1);
  text.unspoken(2);
  assert.deepEqual(steps(text.sentence(2, 0, 'Written.')), ['written 2 Written.']);
  assert.deepEqual(steps(text.heard(1, 0, 'Spoken.')), ['completed 1 Spoken.']);
});
