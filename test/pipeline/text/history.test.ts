import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChatMessage } from '../../../src/engines/engine.js';
import { heardText } from '../../../src/pipeline/text/heard-text.js';
import { History, withPrompt } from '../../../src/pipeline/text/history.js';

const system: ChatMessage = { role: 'system', content: 'You are a bank.' };
const told = (history: History): string[] => history.messages.map(({ role, content }) => `${role}: ${content}`);

describe('history', () => {
  test('keeps the prompt first and the turns in order', () => {
    const history = new History([system], 1000);
    history.addAssistant('Hello.');
    history.addUser('Hi.');
    history.addAssistant('How can I help?');
    assert.deepEqual(told(history), [
      'system: You are a bank.',
      'assistant: Hello.',
      'user: Hi.',
      'assistant: How can I help?',
    ]);
  });

  test('joins messages of one role, and takes no empty ones', () => {
    const history = new History([system, { role: 'user', content: 'One.' }, { role: 'user', content: 'Two.' }], 1000);
    history.addUser('  ');
    history.addUser('Three.');
    assert.deepEqual(told(history).slice(1), ['user: One.\nTwo.\nThree.']);
  });

  test('keeps of an interrupted answer what was heard, marked as cut, and nothing of one that was not heard', () => {
    const history = new History([system], 1000);
    history.addUser('Tell me.');
    history.addInterrupted('We open at nine,');
    history.addUser('And Sunday?');
    history.addInterrupted('');
    history.addUser('Hello?');
    assert.deepEqual(told(history).slice(1), [
      'user: Tell me.',
      'assistant: We open at nine…',
      'user: And Sunday?\nHello?',
    ]);
  });

  test('drops whole exchanges from the front when the budget is full', () => {
    const history = new History([system], 40);
    for (let turn = 1; turn <= 5; turn++) {
      history.addUser(`question ${turn}`);
      history.addAssistant(`answer ${turn}`);
    }
    assert.deepEqual(told(history), [
      'system: You are a bank.',
      'user: question 4',
      'assistant: answer 4',
      'user: question 5',
      'assistant: answer 5',
    ]);
  });

  test('another conversation keeps the prompt, unless it brings its own', () => {
    const before: ChatMessage[] = [system, { role: 'user', content: 'Hi.' }];
    const after: ChatMessage[] = [{ role: 'assistant', content: 'Ada?' }];
    const own: ChatMessage[] = [{ role: 'system', content: 'You are a shop.' }, ...after];
    assert.deepEqual(withPrompt(before, after), [system, ...after]);
    assert.deepEqual(withPrompt(before, own), own);
  });

  test('holds its budget, alternates and keeps the last words, whatever comes', () => {
    let seed = 3;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    const history = new History([system], 200);
    for (let step = 0; step < 2000; step++) {
      const text = 'x'.repeat(random(300));
      [() => history.addUser(text), () => history.addAssistant(text), () => history.addInterrupted(text)][
        random(3)
      ]?.();
      const [first, ...rest] = history.messages;
      assert.deepEqual(first, system);
      assert.ok(rest.reduce((sum, { content }) => sum + content.length, 0) <= 200);
      assert.ok(rest.every(({ role }, at) => role !== rest[at - 1]?.role));
    }
  });

  test('what it gives out is a copy', () => {
    const history = new History([system], 1000);
    history.addUser('One.');
    for (const message of history.messages) message.content = 'changed';
    assert.deepEqual(told(history), ['system: You are a bank.', 'user: One.']);
  });
});

describe('what was heard', () => {
  const sentences = [
    { text: 'We open at nine.', from: 1000, to: 2600 },
    { text: 'On Sunday we are closed.', from: 2600, to: 5000 },
  ];
  const rows: [number, string][] = [
    [0, ''],
    [1000, ''],
    [1100, ''],
    [1200, 'We'],
    [1650, 'We'],
    [1700, 'We open'],
    [2599, 'We open at'],
    [2600, 'We open at nine.'],
    [2900, 'We open at nine. On'],
    [4999, 'We open at nine. On Sunday we are'],
    [5000, 'We open at nine. On Sunday we are closed.'],
    [9999, 'We open at nine. On Sunday we are closed.'],
  ];
  for (const [playedTo, expected] of rows)
    test(`up to sample ${playedTo}`, () => assert.equal(heardText(sentences, playedTo), expected));

  /** The number takes longer than its characters say: until its sentence is over, the estimate is wrong both ways. */
  const truth: [number, string, string][] = [
    [-1, '', ''],
    [4000, 'Bakiyeniz', ''],
    [8000, 'Bakiyeniz', 'Bakiyeniz'],
    [12_500, 'Bakiyeniz', 'Bakiyeniz 1250'],
    [14_000, 'Bakiyeniz 1250', 'Bakiyeniz 1250'],
    [15_999, 'Bakiyeniz 1250', 'Bakiyeniz 1250'],
    [16_000, 'Bakiyeniz 1250 TL.', 'Bakiyeniz 1250 TL.'],
    [18_000, 'Bakiyeniz 1250 TL. Tamam', 'Bakiyeniz 1250 TL.'],
    [18_500, 'Bakiyeniz 1250 TL. Tamam', 'Bakiyeniz 1250 TL. Tamam'],
    [20_000, 'Bakiyeniz 1250 TL. Tamam mı?', 'Bakiyeniz 1250 TL. Tamam mı?'],
  ];
  for (const [where, start] of Object.entries({ 'at the start of a call': 0, 'across the wrap': 2 ** 32 - 10_000 })) {
    const at = (samples: number) => (start + samples) >>> 0;
    const spoken = [
      { text: 'Bakiyeniz 1250 TL.', from: at(0), to: at(16_000) },
      { text: 'Tamam mı?', from: at(16_000), to: at(20_000) },
    ];
    for (const [samples, really, told] of truth)
      test(`${where}, ${samples} samples on: '${really}' is told as '${told}'`, () =>
        assert.equal(heardText(spoken, at(samples)), told));
  }

  test('of nothing is nothing', () => {
    assert.equal(heardText([], 500), '');
    assert.equal(heardText([{ text: 'Word', from: 5, to: 5 }], 5), 'Word');
  });
});
