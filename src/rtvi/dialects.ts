/** All in which the generations differ, a row for each. To add a generation is to add a row here and in `generation.ts`. */
import type { CallEventOf, CallEventType } from '../pipeline/events.js';
import { flatOutput, type OutputForm, segmentedOutput, spokenOnly } from './bot-output.js';
import type { Generation } from './generation.js';
import { type Json, Outgoing } from './outgoing.js';

/** What `bot-ready` tells besides the version. */
export interface ReadyFacts {
  config: Json;
  /** The client's microphone may speak to the caller. */
  audioIn: boolean;
}

export interface Dialect {
  /** `data` of `bot-ready`. */
  ready(version: string, facts: ReadyFacts): Json;
  output: OutputForm;
  /** Types by which a finished sentence of the model is told. */
  sentence: readonly string[];
  /** Types by which an interruption is told. */
  interruption: readonly string[];
  /** What is told otherwise than in the table that all share, or only here. */
  rows: { [T in CallEventType]?: (event: CallEventOf<T>) => Outgoing[] };
}

/** Name of this program in `bot-ready`. */
const library = 'opensips-ai-voice-connector';
/** From the server's point of view. */
const capabilities = {
  audio_out: false,
  video_in: false,
  screen_in: false,
  video_out: false,
  metrics: true,
};

/** What a tool takes and gives is JSON by its nature. */
const json = (value: unknown): Json => value as Json;
const say = (type: string, data?: Json): Outgoing => new Outgoing(type, data);

/** One message: a client that has a handler for the function runs it and answers. */
const functionCall = ({ name, toolCallId, arguments: args }: CallEventOf<'function-call-started'>): Outgoing =>
  say('llm-function-call', { function_name: name, tool_call_id: toolCallId, args: json(args) });

/** 1.2 and later: three messages. A client that were sent the one above too would run its handler twice. */
const since1Point2: Dialect['rows'] = {
  'function-call-started': ({ name, toolCallId, arguments: args }) => [
    say('llm-function-call-started', { function_name: name }),
    say('llm-function-call-in-progress', { tool_call_id: toolCallId, function_name: name, arguments: json(args) }),
  ],
  'function-call-ended': ({ name, toolCallId, result, cancelled }) => [
    say('llm-function-call-stopped', {
      tool_call_id: toolCallId,
      cancelled,
      function_name: name,
      result: json(result),
    }),
  ],
};

const first: Dialect = {
  ready: (version, { config }) => ({ version, config }),
  output: spokenOnly,
  // 0.1 knew it by the second name, which the later ones ignore.
  sentence: ['bot-transcription', 'tts-text'],
  interruption: [],
  rows: {
    'function-call-started': (event) => [
      say('llm-function-call-start', { function_name: event.name }),
      functionCall(event),
    ],
  },
};

const second: Dialect = {
  ready: (version) => ({ version, about: { library } }),
  output: flatOutput,
  sentence: ['bot-transcription'],
  interruption: ['bot-interrupted'],
  rows: { 'function-call-started': (event) => [functionCall(event)] },
};

const third: Dialect = {
  ready: (version, { audioIn }) => ({
    version,
    about: { library },
    capabilities: { audio_in: audioIn, ...capabilities },
  }),
  output: segmentedOutput,
  sentence: ['bot-transcription'],
  interruption: ['bot-interrupted'],
  rows: since1Point2,
};

/** 2.2 alone may be sent back-channels of the bot and raw text; this server has neither. */
export const dialects: Record<Generation, Dialect> = {
  '0.x': first,
  '1.x': second,
  '1.2': { ...second, rows: since1Point2 },
  '2.x': third,
  '2.2': third,
};
