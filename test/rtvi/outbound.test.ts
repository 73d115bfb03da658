import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../../src/pipeline/events.js';
import { disclosed, type ReportLevel } from '../../src/rtvi/disclosure.js';
import { type Generation, generations } from '../../src/rtvi/generation.js';
import { outbound } from '../../src/rtvi/outbound.js';
import { Story } from '../../src/rtvi/story.js';
import { callStarted, event, ns, quality, turnTimes } from '../observer/events.js';

const counters = {
  total_user_utterances: 1,
  total_bot_responses: 1,
  interruption_count: 1,
  conversation_turns: 1,
  avg_response_time: 0.9,
  response_time: 0.8,
};
/** Midnight of 2026-03-04, UTC: when the invented calls begin. */
const epochMs = Date.UTC(2026, 2, 4);

interface Wire {
  label: string;
  type: string;
  data?: Record<string, unknown>;
}

/** What a client of that generation reads while the steps happen. */
function told(generation: Generation, steps: [number, EventBody][]): Wire[] {
  const story = new Story();
  return steps.flatMap(([atMs, body]) => {
    const happened = event(atMs, body);
    const scene = story.take(happened, epochMs + atMs, counters);
    return outbound(generation, happened, scene).map(({ text }) => JSON.parse(text) as Wire);
  });
}

/** One line for a message: its type and what tells it from others of that type. */
function line({ type, data = {} }: Wire): string {
  if (type === 'server-message') return String(data.type);
  if (type === 'metrics') return `metrics ${Object.keys(data).join('+')}`;
  if (type === 'user-input') return `user-input ${data.input_type} ${data.final} ${data.text}`;
  if (type === 'user-transcription') return `user-transcription ${data.final} ${data.text}`;
  if (type === 'bot-output')
    return `bot-output ${data.spoken_status ?? (data.spoken ? 'spoken' : 'unspoken')} ${shownPart(data)}`;
  return data.text === undefined ? type : `${type} ${data.text}`;
}
function shownPart(data: Record<string, unknown>): unknown {
  const progress = data.spoken_progress as { accumulated_text: string } | undefined;
  return data.spoken_status === 'in-progress' ? progress?.accumulated_text : data.text;
}

const lines = (generation: Generation, steps: [number, EventBody][], server = false): string[] =>
  told(generation, steps)
    .map(line)
    .filter((text) => server || !text.startsWith('opensips-'));

const exchange: [number, EventBody][] = [
  [0, callStarted],
  [1000, { type: 'user-started-speaking' }],
  [1300, { type: 'transcript-partial', text: 'what' }],
  [2000, { type: 'user-stopped-speaking', speechMs: 1000 }],
  [2700, { type: 'transcript-final', text: 'what time', confidence: 0.9, language: 'en', turn: 1 }],
  [2700, { type: 'user-turn-ended', turn: 1, text: 'what time', times: turnTimes(2000, [40, 640, 645, 700]) }],
  [2710, { type: 'llm-started', turn: 1, audio: true }],
  [2900, { type: 'llm-first-token', turn: 1 }],
  [2900, { type: 'llm-text', turn: 1, text: 'It is ' }],
  [2950, { type: 'llm-text', turn: 1, text: 'noon.' }],
  [2950, { type: 'sentence', turn: 1, index: 0, text: 'It is noon.' }],
  [2960, { type: 'tts-started', turn: 1 }],
  [2970, { type: 'llm-stopped', turn: 1, promptTokens: 40, cachedTokens: 30, completionTokens: 5, durationMs: 260 }],
  [3000, { type: 'sentence-written', turn: 1, index: 0, text: 'It is noon.', synthesisMs: 40, audioMs: 900 }],
  [3005, { type: 'tts-stopped', turn: 1 }],
  [3010, { type: 'bot-started-speaking', turn: 1, firstPacketNs: ns(3010) }],
  [3900, { type: 'sentence-heard', turn: 1, index: 0, text: 'It is noon.' }],
  [3900, { type: 'bot-stopped-speaking', turn: 1, speechMs: 890 }],
];

const beforeSpeech = [
  'user-started-speaking',
  'user-input transcription false what',
  'user-transcription false what',
  'user-stopped-speaking',
  'user-input transcription true what time',
  'user-transcription true what time',
  'metrics ttfb',
  'metrics processing',
  'user-llm-text what time',
  'bot-llm-started',
  'metrics ttfb',
  'bot-llm-text It is ',
  'bot-llm-text noon.',
];
const synthesis = [
  'bot-tts-started',
  'metrics processing',
  'metrics tokens',
  'bot-llm-stopped',
  'metrics ttfb',
  'metrics processing+characters',
  'bot-tts-stopped',
];
const modern = (begun: string, heard: string) => [
  ...beforeSpeech,
  'bot-transcription It is noon.',
  ...synthesis,
  'bot-started-speaking',
  `bot-output ${begun} It is noon.`,
  `bot-output ${heard} It is noon.`,
  'bot-tts-text It is noon.',
  'bot-stopped-speaking',
];
const exchanges: Record<Generation, string[]> = {
  '0.x': [
    ...beforeSpeech,
    'bot-transcription It is noon.',
    'tts-text It is noon.',
    ...synthesis,
    'bot-started-speaking',
    'bot-tts-text It is noon.',
    'bot-stopped-speaking',
  ],
  '1.x': modern('unspoken', 'spoken'),
  '1.2': modern('unspoken', 'spoken'),
  '2.x': modern('new', 'completed'),
  '2.2': modern('new', 'completed'),
};
for (const generation of generations)
  test(`${generation}: one exchange, message by message`, () => {
    assert.deepEqual(lines(generation, exchange), exchanges[generation]);
  });

const interrupted: [number, EventBody][] = [
  [0, callStarted],
  [100, { type: 'sentence', turn: 1, index: 0, text: 'It is noon in Ankara.' }],
  [110, { type: 'sentence', turn: 1, index: 1, text: 'And in Izmir.' }],
  [200, { type: 'bot-started-speaking', turn: 1, firstPacketNs: ns(200) }],
  [800, { type: 'user-started-speaking' }],
  [800, { type: 'barge-in-suspected', turn: 1 }],
  [1300, { type: 'bot-interrupted', turn: 1, cause: 'caller', heard: 'It is noon' }],
  [1300, { type: 'bot-stopped-speaking', turn: 1, speechMs: 600 }],
  [1310, { type: 'sentence', turn: 1, index: 2, text: 'Late.' }],
  [1310, { type: 'llm-text', turn: 1, text: 'late' }],
];
const cutOffFlat = [
  'bot-output spoken It',
  'bot-output spoken is',
  'bot-output spoken noon',
  'bot-tts-text It is noon',
  'bot-interrupted',
  'bot-stopped-speaking',
];
const cutOffSegmented = [
  'bot-output in-progress It is noon',
  'bot-tts-text It is noon',
  'bot-interrupted',
  'bot-stopped-speaking',
];
const cutOff: Record<Generation, string[]> = {
  '0.x': ['bot-tts-text It is noon', 'bot-stopped-speaking'],
  '1.x': cutOffFlat,
  '1.2': cutOffFlat,
  '2.x': cutOffSegmented,
  '2.2': cutOffSegmented,
};
for (const generation of generations)
  test(`${generation}: an interruption ends what is shown as spoken, and nothing of the turn follows`, () => {
    const all = lines(generation, interrupted);
    assert.deepEqual(all.slice(all.indexOf('user-started-speaking') + 1), cutOff[generation]);
  });

test('2.x: what was spoken and what remains are together the text, with one id through its life', () => {
  const outputs = told('2.2', interrupted).filter(({ type }) => type === 'bot-output');
  for (const { data } of outputs) {
    const { accumulated_text, remaining_text } = (data?.spoken_progress ?? {}) as Record<string, string>;
    assert.equal(`${accumulated_text}${remaining_text}`, data?.text);
    assert.deepEqual([data?.output_type, data?.text_type, data?.aggregated_by], ['sentence', 'sentence', 'sentence']);
  }
  assert.deepEqual(
    outputs.map(({ data }) => data?.segment_id),
    [1, 2, 1],
  );
});

test('1.x: no member of the 2.x form, which would show all as spoken', () => {
  for (const { type, data } of told('1.x', exchange))
    if (type === 'bot-output') assert.equal(Object.hasOwn(data ?? {}, 'will_be_spoken'), false);
});

const toolCall = { turn: 1, toolCallId: 'call-7', name: 'balance' } as const;
const toolRun: [number, EventBody][] = [
  [0, callStarted],
  [10, { type: 'function-call-started', ...toolCall, arguments: { account: 'main' }, client: true }],
  [20, { type: 'function-call-ended', ...toolCall, result: { euros: 12 }, cancelled: false }],
];
const name = { function_name: 'balance' };
const single = ['llm-function-call', { ...name, tool_call_id: 'call-7', args: { account: 'main' } }];
const three = [
  ['llm-function-call-started', name],
  ['llm-function-call-in-progress', { ...name, tool_call_id: 'call-7', arguments: { account: 'main' } }],
  ['llm-function-call-stopped', { ...name, tool_call_id: 'call-7', result: { euros: 12 }, cancelled: false }],
];
const functionCalls: Record<Generation, unknown[]> = {
  '0.x': [['llm-function-call-start', name], single],
  '1.x': [single],
  '1.2': three,
  '2.x': three,
  '2.2': three,
};
for (const generation of generations)
  test(`${generation}: a function call, so that a client's handler for it runs once`, () => {
    const calls = told(generation, toolRun).filter(({ type }) => type.startsWith('llm-function'));
    assert.deepEqual(
      calls.map(({ type, data }) => [type, data]),
      functionCalls[generation],
    );
  });

const disclosures: [level: ReportLevel, older: unknown[], newer: unknown[]][] = [
  ['disabled', [], []],
  [
    'none',
    [],
    [
      ['llm-function-call-started', {}],
      ['llm-function-call-in-progress', { tool_call_id: 'call-7' }],
      ['llm-function-call-stopped', { tool_call_id: 'call-7', cancelled: false }],
    ],
  ],
  [
    'name',
    [],
    [
      ['llm-function-call-started', name],
      ['llm-function-call-in-progress', { ...name, tool_call_id: 'call-7' }],
      ['llm-function-call-stopped', { ...name, tool_call_id: 'call-7', cancelled: false }],
    ],
  ],
  ['arguments', [single], [three[0], three[1], [three[2]?.[0], { ...name, tool_call_id: 'call-7', cancelled: false }]]],
  ['full', [single], three],
];
for (const [level, older, newer] of disclosures)
  test(`a function call as one who may only watch is told it: ${level}`, () => {
    const seen = (generation: Generation) => {
      const story = new Story();
      return toolRun.slice(1).flatMap(([atMs, body]) => {
        const happened = event(atMs, body);
        const messages = outbound(generation, happened, story.take(happened, epochMs, counters));
        return disclosed(messages, level).map(({ type, text }) => [type, JSON.parse(text).data]);
      });
    };
    assert.deepEqual([seen('1.x'), seen('2.2')], [older, newer]);
  });

test('keys that became a turn are words of the caller', () => {
  const keys: [number, EventBody][] = [[1, { type: 'digits-collected', digits: '42' }]];
  for (const generation of generations)
    assert.deepEqual(lines(generation, keys), ['user-input transcription true 42', 'user-transcription true 42']);
});

test('audio levels by side', () => {
  const levels: [number, EventBody][] = [
    [1, { type: 'audio-level', side: 'user', level: 0.37 }],
    [1, { type: 'audio-level', side: 'bot', level: 0 }],
  ];
  for (const generation of generations)
    assert.deepEqual(
      told(generation, levels).map(({ type, data }) => [type, data]),
      [
        ['user-audio-level', { value: 0.37 }],
        ['bot-audio-level', { value: 0 }],
      ],
    );
});

const unpaired: [what: string, steps: [number, EventBody][], expected: string[]][] = [
  ['a stop without a start', [[1, { type: 'user-stopped-speaking', speechMs: 5 }]], []],
  [
    'a start twice',
    [
      [1, { type: 'user-started-speaking' }],
      [2, { type: 'user-started-speaking' }],
    ],
    ['user-started-speaking'],
  ],
  ['an interim before any speech', [[1, { type: 'transcript-partial', text: 'x' }]], []],
  [
    'an interim after the final',
    [
      [1, { type: 'user-started-speaking' }],
      [2, { type: 'transcript-final', text: 'yes', confidence: undefined, language: 'en', turn: 1 }],
      [3, { type: 'transcript-partial', text: 'yes' }],
    ],
    ['user-started-speaking', 'user-input transcription true yes', 'user-transcription true yes'],
  ],
  [
    'a caller who is not listened to, to the end of the call',
    [
      [1, { type: 'user-mute-started' }],
      [2, { type: 'user-mute-stopped' }],
      [3, { type: 'user-mute-stopped' }],
      [4, { type: 'user-mute-started' }],
      [5, { type: 'call-ended', reason: 'caller-hangup', detail: '' }],
    ],
    ['user-mute-started', 'user-mute-stopped', 'user-mute-started', 'user-mute-stopped'],
  ],
  ['a back-channel', [[1, { type: 'barge-in-rejected', turn: 1, text: 'mhm' }]], ['user-input backchannel true mhm']],
  ['a back-channel without words', [[1, { type: 'barge-in-rejected', turn: 1, text: '' }]], []],
  [
    'a call that ends in mid-speech',
    [
      [1, { type: 'user-started-speaking' }],
      [2, { type: 'llm-started', turn: 1, audio: true }],
      [3, { type: 'bot-started-speaking', turn: 1, firstPacketNs: 3n }],
      [4, { type: 'call-ended', reason: 'caller-hangup', detail: '' }],
    ],
    [
      'user-started-speaking',
      'bot-llm-started',
      'bot-started-speaking',
      'user-stopped-speaking',
      'bot-llm-stopped',
      'bot-stopped-speaking',
    ],
  ],
];
for (const [what, steps, expected] of unpaired)
  test(`${what} is told as ${expected.join(', ') || 'nothing'}`, () => {
    for (const generation of generations) assert.deepEqual(lines(generation, [[0, callStarted], ...steps]), expected);
  });

const at = (ms: number) => (epochMs + ms) / 1000;
const named: [name: string, body: EventBody, data: Record<string, unknown>][] = [
  [
    'opensips-call-started',
    callStarted,
    {
      from: 'sip:caller@example.test',
      to: 'sip:bot@example.test',
      direction: 'inbound',
      codec: 'PCMU',
      features: ['barge-in'],
      timestamp: at(1500),
    },
  ],
  ['opensips-user-speech-start', { type: 'user-started-speaking' }, { timestamp: at(1500), call_duration: 1.5 }],
  [
    'opensips-user-speech-end',
    { type: 'user-stopped-speaking', speechMs: 1250 },
    { speech_duration: 1.25, total_utterances: 1 },
  ],
  [
    'opensips-bot-response-start',
    { type: 'bot-started-speaking', turn: 1, firstPacketNs: ns(1500) },
    { response_time: 0.8, avg_response_time: 0.9, conversation_turns: 1 },
  ],
  ['opensips-bot-response-end', { type: 'bot-stopped-speaking', turn: 1, speechMs: 900 }, { response_duration: 0.9 }],
  [
    'opensips-bot-interrupted',
    { type: 'bot-interrupted', turn: 1, cause: 'caller', heard: 'It' },
    { interruption_count: 1, timestamp: at(1500), cause: 'caller', heard: 'It' },
  ],
  [
    'opensips-transcription',
    { type: 'transcript-final', text: 'hi', confidence: 0.75, language: 'en', turn: 1 },
    { text: 'hi', confidence: 0.75, timestamp: at(1500), language: 'en' },
  ],
  [
    'opensips-transcription-dropped',
    { type: 'transcript-dropped', text: 'hm', confidence: 0.1, why: 'confidence' },
    { text: 'hm', confidence: 0.1, timestamp: at(1500), why: 'confidence' },
  ],
  [
    'opensips-digit',
    { type: 'digit', digit: '#', durationMs: 100 },
    { digit: '#', duration: 0.1, timestamp: at(1500) },
  ],
  [
    'opensips-config-changed',
    { type: 'settings-changed', origin: 'x', changes: [{ setting: 'muted', from: false, to: true }] },
    {
      origin: 'x',
      changes: [{ service: 'opensips_call', option: 'mute_enabled', from: false, to: true }],
      timestamp: at(1500),
    },
  ],
  [
    'opensips-media-quality',
    { type: 'media-quality', quality: quality() },
    { loss: 0.02, jitter: 0.003, delay: 0.04, concealed: 2, lost: 2, mos: 4.1 },
  ],
];
for (const [name, body, data] of named)
  test(`${name} has its fields, in seconds, to every generation`, () => {
    for (const generation of generations) {
      const messages = told(generation, [
        [0, { type: 'llm-first-token', turn: 1 }],
        [1500, body],
      ]);
      const found = messages.filter((message) => message.data?.type === name);
      assert.deepEqual(found, [
        { label: 'rtvi-ai', type: 'server-message', data: { type: name, call_id: 'call-1', ...data } },
      ]);
    }
  });

test('times are ISO 8601 with a zone, metrics are in seconds, no member is null', () => {
  for (const generation of generations) {
    const messages = told(generation, exchange);
    assert.doesNotMatch(JSON.stringify(messages), /null/);
    const final = messages.find(({ type, data }) => type === 'user-transcription' && data?.final === true);
    assert.deepEqual(final?.data, {
      text: 'what time',
      user_id: 'caller',
      timestamp: '2026-03-04T00:00:02.700+00:00',
      final: true,
    });
    const metrics = messages.filter(({ type }) => type === 'metrics').map(({ data }) => data);
    assert.deepEqual(metrics, [
      { ttfb: [{ processor: 'vosk_stt', value: 0.7 }] },
      { processing: [{ processor: 'vosk_stt', value: 0.055 }] },
      { ttfb: [{ processor: 'llama_llm', value: 0.19 }] },
      { processing: [{ processor: 'llama_llm', value: 0.26 }] },
      { tokens: [{ prompt_tokens: 40, completion_tokens: 5, total_tokens: 45, cache_read_input_tokens: 30 }] },
      { ttfb: [{ processor: 'piper_tts', value: 0.04 }] },
      { processing: [{ processor: 'piper_tts', value: 0.04 }], characters: [{ processor: 'piper_tts', value: 11 }] },
    ]);
  }
});

test('an error has both names of its text, and throws nobody out by itself', () => {
  const [, message] = told('2.2', [
    [0, callStarted],
    [1, { type: 'error', code: 'ENGINE_FAILED', message: 'no voice', fatal: true }],
  ]);
  assert.deepEqual(message?.data, { error: 'no voice', message: 'no voice', fatal: false });
});
