/** Settings of a call, where a test does not care. */
import type { CallSettings } from '../../src/pipeline/services.js';

export const settings: CallSettings = {
  language: 'en',
  confidenceThreshold: 0,
  temperature: 0,
  maxTokens: 10,
  voice: '',
  speed: 1,
  volume: 1,
  muted: false,
};
