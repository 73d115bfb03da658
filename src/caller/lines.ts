/** Prepares what the caller will say, before the call is placed: nobody is kept waiting by a synthesis. */
import type { Config } from '../config/schema.js';
import type { TtsEngine } from '../engines/engine.js';
import { openEngine } from '../engines/registry.js';
import { fault } from '../errors.js';
import { resolveEngines } from '../models/resolve.js';
import type { Line } from './caller.js';
import { fromWav, speak } from './voice.js';

export type Words = { kind: 'text'; text: string; interrupts?: boolean } | { kind: 'wav'; path: string };

/** Throws MODEL_MISSING where a text is to be spoken and its voice is not here, NOT_SUPPORTED for a strange file. */
export async function prepareLines(config: Config, language: string, words: readonly Words[]): Promise<Line[]> {
  const engine = words.some(({ kind }) => kind === 'text') ? await openVoice(config, language) : undefined;
  const lines: Line[] = [];
  try {
    for (const each of words) lines.push(await lineOf(each, engine));
  } finally {
    await engine?.close();
  }
  return lines;
}

async function lineOf(words: Words, engine: TtsEngine | undefined): Promise<Line> {
  if (words.kind === 'wav') return { ...fromWav(words.path), text: words.path, interrupts: false };
  if (!engine) throw fault('NOT_SUPPORTED', 'speaking a text', 'no voice was opened');
  return { ...(await speak(engine, words.text)), text: words.text, interrupts: words.interrupts ?? false };
}

/** Only the voice is wanted: recogniser and language model need not be here. */
async function openVoice(config: Config, language: string): Promise<TtsEngine> {
  const voiceOnly: Config = {
    ...config,
    stt: { ...config.stt, engine: 'scripted' },
    llm: { ...config.llm, engine: 'scripted' },
  };
  const choice = resolveEngines(voiceOnly, [language]).voice[language];
  if (!choice) throw fault('NOT_SUPPORTED', `a voice in ${language}`, 'no engine speaks it');
  return openEngine('tts', choice.name, choice.options);
}
