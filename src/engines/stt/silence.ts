/** Where an utterance is quiet: judged against its own loudest frame, so it holds for soft and loud callers alike. */

const FRAME = 320; // 20 ms at 16 kHz
/** -26 dB in power: under any syllable, over the noise of a usable line. */
const QUIET_RATIO = 0.0025;
/** Silence that is kept around speech, in frames: a recogniser needs some to hear where words end. */
const KEPT_FRAMES = 10;

/** Mean power of each whole 20 ms frame. */
function framePowers(samples: Int16Array): Float64Array {
  const powers = new Float64Array(Math.ceil(samples.length / FRAME));
  for (let frame = 0; frame < powers.length; frame++) {
    const piece = samples.subarray(frame * FRAME, (frame + 1) * FRAME);
    let sum = 0;
    for (const sample of piece) sum += sample * sample;
    powers[frame] = sum / piece.length;
  }
  return powers;
}

const loudest = (powers: Float64Array): number => powers.reduce((most, power) => Math.max(most, power), 0);

/** True when what follows `from` is quiet beside what came before it. */
export function isTailQuiet(samples: Int16Array, from: number): boolean {
  const tail = loudest(framePowers(samples.subarray(from)));
  return tail <= loudest(framePowers(samples.subarray(0, from))) * QUIET_RATIO;
}

/** Shortens each silence to at most 400 ms in the middle and 200 ms at the ends; speech is untouched. */
export function trimSilence(samples: Int16Array): Int16Array {
  const powers = framePowers(samples);
  const limit = loudest(powers) * QUIET_RATIO;
  const keep = new Uint8Array(powers.length);
  powers.forEach((power, frame) => {
    if (power > limit) keep.fill(1, Math.max(0, frame - KEPT_FRAMES), frame + KEPT_FRAMES + 1);
  });
  return keptFrames(samples, keep);
}

function keptFrames(samples: Int16Array, keep: Uint8Array): Int16Array {
  const out = new Int16Array(samples.length);
  let length = 0;
  keep.forEach((kept, frame) => {
    if (kept === 0) return;
    const piece = samples.subarray(frame * FRAME, (frame + 1) * FRAME);
    out.set(piece, length);
    length += piece.length;
  });
  return out.subarray(0, length);
}
