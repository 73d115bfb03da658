/** Word error rate: how far what was heard is from what was asked. Case, punctuation and accents of writing aside. */

/** Words as they sound: lower case in the language's own way, without punctuation. */
export function spokenWords(text: string, language: string): string[] {
  const plain = text
    .toLocaleLowerCase(language)
    .replace(/[’']/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ');
  return plain.split(' ').filter((word) => word !== '');
}

/**
 * Words put in, left out or changed, over the words that were asked (Levenshtein's distance on words). 0 is perfect;
 * more than 1 is possible. Nothing asked and nothing heard is 0.
 */
export function wordErrorRate(asked: string, heard: string, language: string): number {
  const reference = spokenWords(asked, language);
  const hypothesis = spokenWords(heard, language);
  if (reference.length === 0) return hypothesis.length === 0 ? 0 : 1;
  return editDistance(reference, hypothesis) / reference.length;
}

function editDistance(reference: readonly string[], hypothesis: readonly string[]): number {
  let row = Array.from({ length: hypothesis.length + 1 }, (_unused, j) => j);
  for (const [i, word] of reference.entries()) {
    const next = [i + 1];
    for (const [j, other] of hypothesis.entries()) {
      const changed = (row[j] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[hypothesis.length] ?? 0;
}
