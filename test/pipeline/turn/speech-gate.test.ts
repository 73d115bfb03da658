import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GateVerdict, SpeechGate } from '../../../src/pipeline/turn/speech-gate.js';

const window = 512;
const gate = () =>
  new SpeechGate({
    startThreshold: 0.5,
    stopThreshold: 0.35,
    minSpeechSamples: 3 * window,
    hangoverSamples: 4 * window,
  });
const run = (probabilities: number[]): GateVerdict[] => {
  const g = gate();
  return probabilities.map((p) => g.push(p, window));
};

const rows: [string, number[], GateVerdict[]][] = [
  ['starts after the least speech', [0.9, 0.9, 0.9, 0.9], ['maybe', 'maybe', 'started', 'speech']],
  ['a click is no speech', [0.9, 0.9, 0.1, 0.9], ['maybe', 'maybe', 'silence', 'maybe']],
  ['a run may dip to the lower threshold', [0.6, 0.4, 0.4, 0.4], ['maybe', 'maybe', 'started', 'speech']],
  ['but not begin there', [0.4, 0.4, 0.4], ['silence', 'silence', 'silence']],
  [
    'stops after the hangover, not before',
    [0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1],
    ['maybe', 'maybe', 'started', 'speech', 'speech', 'speech', 'stopped', 'silence'],
  ],
  [
    'a voiced window restarts the hangover',
    [0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.4, 0.1, 0.1, 0.1, 0.1],
    ['maybe', 'maybe', 'started', 'speech', 'speech', 'speech', 'speech', 'speech', 'speech', 'speech', 'stopped'],
  ],
];

for (const [name, probabilities, verdicts] of rows) {
  test(name, () => assert.deepEqual(run(probabilities), verdicts));
}
