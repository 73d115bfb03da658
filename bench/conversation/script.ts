/** What the caller of the bench says, and when. `/` is a pause in mid-sentence; each word takes 200 ms of voiced sound. */

export const wordMs = 200;
/** Longer than a short silence setting, shorter than people wait before they ask again. */
export const pauseMs = 900;

export type Kind = 'question' | 'paused' | 'back-channel' | 'noise' | 'interruption';

export interface Line {
  kind: Kind;
  text: string;
}

/** Questions are asked when the bot is silent, the other kinds but `paused` while it speaks. */
export const script: readonly Line[] = [
  { kind: 'question', text: 'what are your opening hours on saturday please' },
  { kind: 'back-channel', text: 'yeah' },
  { kind: 'paused', text: 'i would like to block my card and / order a new one please' },
  { kind: 'back-channel', text: 'okay right' },
  { kind: 'question', text: 'what is the exchange rate today' },
  { kind: 'interruption', text: 'stop i want to talk to a person please' },
  { kind: 'noise', text: '' },
  { kind: 'paused', text: 'my account number is four five six / seven eight nine thank you' },
  { kind: 'back-channel', text: 'uh-huh' },
  { kind: 'interruption', text: 'no that is not what i asked for' },
  { kind: 'back-channel', text: 'i see' },
  { kind: 'paused', text: 'i am calling because / i lost my card yesterday please help' },
];

/** What real engines on a small machine get through in a minute: each kind that needs no scripted recogniser. */
export const shortScript: readonly Line[] = script.filter((_, at) => [0, 1, 2, 4, 5, 10, 9].includes(at));

/** The script as the scripted recogniser takes it: what is heard, piece by piece. */
export const recogniserTexts = script.flatMap(({ text }) => (text === '' ? [] : [`${text} /`])).join('|');

export const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '' && word !== '/');
