import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AnswerDetector } from '../../src/caller/answer-detector.js';

const options = { onsetMs: 40, hangoverMs: 200 };

/** Runs 20 ms frames given as energy × count; returns the changes as text. */
function changes(frames: [rms: number, count: number][], detector = new AnswerDetector(options)): string[] {
  let atMs = 0;
  const found: string[] = [];
  for (const [rms, count] of frames)
    for (let i = 0; i < count; i++, atMs += 20) {
      const change = detector.take(rms, atMs, 20);
      if (change) found.push(`${change.type} ${change.atMs}, told at ${atMs}`);
    }
  return found;
}

describe('answers by energy', () => {
  const rows: [string, [number, number][], string[]][] = [
    ['silence', [[0, 50]], []],
    ['noise below the floor', [[90, 50]], []],
    [
      'a click is no answer',
      [
        [0, 5],
        [5000, 1],
        [0, 30],
      ],
      [],
    ],
    [
      'begins at its first voiced frame, though told later',
      [
        [0, 5],
        [5000, 3],
      ],
      ['began 100, told at 120'],
    ],
    [
      'ends at its last voiced frame, once the hangover passed',
      [
        [5000, 5],
        [0, 20],
      ],
      ['began 0, told at 20', 'ended 100, told at 280'],
    ],
    [
      'a pause shorter than the hangover is part of it',
      [
        [5000, 5],
        [0, 9],
        [5000, 5],
        [0, 10],
      ],
      ['began 0, told at 20', 'ended 380, told at 560'],
    ],
    [
      'far below the peak is silence',
      [
        [20000, 5],
        [500, 10],
      ],
      ['began 0, told at 20', 'ended 100, told at 280'],
    ],
    [
      'the next answer is judged afresh, a softer one too',
      [
        [20000, 5],
        [0, 10],
        [500, 5],
      ],
      ['began 0, told at 20', 'ended 100, told at 280', 'began 300, told at 320'],
    ],
  ];
  for (const [name, frames, expected] of rows) test(name, () => assert.deepEqual(changes(frames), expected));
});

test('after a reset, the voice that goes on is a new answer', () => {
  const detector = new AnswerDetector(options);
  changes([[5000, 5]], detector);
  assert.equal(detector.speaking, true);
  detector.reset();
  assert.equal(detector.speaking, false);
  assert.deepEqual(changes([[5000, 3]], detector), ['began 0, told at 20']);
});
