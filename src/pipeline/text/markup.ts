/** Takes away what is written for eyes: Markdown, emoji, control characters. The words stay. */

const STEPS: readonly [RegExp, string][] = [
  [/&nbsp;/g, ' '],
  [/&(?:quot|#39|apos);/g, "'"],
  [/&amp;/g, '&'],
  [/```[^\n]*\n?/g, ' '],
  [/!?\[([^\]]*)\]\([^)]*\)/g, '$1'], // links and pictures: their words
  [/^\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*:?-*:?\s*$/gm, ' '], // the line under a table's head
  [/\s*\|\s*/g, ', '],
  [/https?:\/\/(?:www\.)?([^\s/?#:]+)\S*/g, '$1'], // an address: its host, the path is for machines
  [/<\/?[a-z][^>]*>/gi, ' '],
  [/^\s{0,3}#{1,6}\s+/gm, ''],
  [/^\s*(?:[-*+•]|>)\s+/gm, ''],
  [/^(\s*\d{1,2})\)(?=\s)/gm, '$1,'],
  [/^\s*([-*_])(?:\s*\1){2,}\s*$/gm, ' '],
  [/(\*\*|__|~~|`)/g, ''],
  [/(^|[\s("'])[*_](?=\S)/g, '$1'],
  [/(\S)[*_](?=[\s.,;:!?)"']|$)/g, '$1'],
  [/(?=\P{N})(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator})/gu, ''],
  [/\u200d|\ufe0f|\u20e3/gu, ''], // what joins and colours them
  [/[\p{Cc}\p{Cf}]/gu, ' '],
];

/** The text without markup, in one line. */
export function stripMarkup(text: string): string {
  return STEPS.reduce((stripped, [pattern, words]) => stripped.replace(pattern, words), text);
}
