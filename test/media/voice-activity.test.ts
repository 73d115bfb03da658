/** The network's memory of one stream among many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VoiceActivity, windowSamples } from '../../src/media/voice-activity.js';

/** A buzz as of a vowel, so many windows in. */
const buzz = (at: number): Int16Array =>
  Int16Array.from({ length: windowSamples }, (_, i) => {
    const phase = (2 * Math.PI * 140 * (at * windowSamples + i)) / 16_000;
    return 6000 * (Math.sin(phase) + Math.sin(4 * phase) / 2 + Math.sin(9 * phase) / 4);
  });
const silence = new Int16Array(windowSamples);

function judged(vad: VoiceActivity, slots: readonly number[], window: Int16Array): number[] {
  for (const slot of slots) {
    vad.nextWindow().set(window);
    vad.queue(slot);
  }
  return [...vad.run().subarray(0, slots.length)];
}

test('after a second of quiet a stream hears as if it were new', () => {
  const vad = new VoiceActivity(4);
  const old = vad.add();
  let quiet = 0;
  for (let at = 0; at < 400 && (at < 40 || quiet < 31); at++) {
    const [probability = 1] = judged(vad, [old], at < 40 ? buzz(at) : silence);
    quiet = probability < 0.35 ? (quiet % 31) + 1 : 0;
  }
  const fresh = vad.add();
  for (const window of [silence, silence, buzz(0), buzz(1), silence, buzz(2)]) {
    const [before = 0, after = 1] = judged(vad, [old, fresh], window);
    assert.ok(Math.abs(before - after) < 1e-5, `${before}, ${after}`);
  }
});

test('until then it remembers, and a stream that begins anew beside it changes nothing', () => {
  const vad = new VoiceActivity(4);
  const [still, heard, alone] = [vad.add(), vad.add(), vad.add()];
  for (let at = 0; at < 31; at++) {
    for (const slot of [heard, alone]) judged(vad, [slot], buzz(at));
    judged(vad, [still], silence);
  }
  for (let window = 0; window < 25; window++) {
    judged(vad, [heard, still], silence);
    judged(vad, [alone], silence);
  }
  const [remembering = 0, undisturbed = 0, fresh = 0] = judged(vad, [heard, alone, vad.add()], buzz(0));
  // Sums of floats in another order: windows that are judged together differ in the last digits.
  assert.ok(Math.abs(remembering - undisturbed) < 1e-5, `${remembering}, ${undisturbed}`);
  assert.ok(Math.abs(remembering - fresh) > 1e-3, `${remembering}, ${fresh}`);
});
