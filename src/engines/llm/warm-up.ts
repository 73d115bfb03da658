/** The first request takes longer than the next, and shows whether there will be one. */
import type { LlmEngine } from '../engine.js';

/** Asks for one token, so that a bad model, or a wrong address or key, is an error at the start. */
export async function askForOneToken(engine: Pick<LlmEngine, 'open'>): Promise<void> {
  const sequence = await engine.open();
  const options = { temperature: 0, maxTokens: 1, signal: new AbortController().signal, onText: () => {} };
  await sequence.generate([{ role: 'user', content: 'Hello' }], options).finally(() => sequence.close());
}
