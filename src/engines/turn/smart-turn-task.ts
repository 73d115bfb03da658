/** One pause judged by smart-turn, as a task of a piscina pool: some 100 ms of CPU, which a thread that hears calls must not spend. */
import { workerData } from 'node:worker_threads';
import { logMel, melFrames, mels } from './log-mel.js';
import { OnnxModel } from './onnx-runtime.js';

const model = new OnnxModel(workerData.model as string);

/** Probability that the turn is complete, 0..1, from its last seconds at 16 kHz. */
export default function completion(samples: Int16Array): number {
  return model.first('input_features', logMel(samples), [1, mels, melFrames], 'logits');
}
