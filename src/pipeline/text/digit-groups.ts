/** Numbers that are read digit by digit, in groups: telephones, cards, customer numbers. */

/**
 * A number in groups ("0532 123 45 67", "(555) 123-4567", "+90 …"), or seven and more digits in a row. Fewer digits
 * with a leading zero ("0850") are one too.
 */
export const DIGIT_STRING =
  /(?<![\d.,])(?<number>\+?\(?\d{1,4}\)?(?:[ -]\(?\d{2,4}\)?){2,}|\d{3}-\d{4}|\+?\d{7,}|0\d{2,})(?![\d]|[.,]\d)/g;

/** The groups as they were written; an undivided run is cut into threes with a four at the end, as people say it. */
export function digitGroups(number: string): string[] {
  const groups = number.match(/\d+/g) ?? [];
  const [only] = groups;
  return groups.length === 1 && only !== undefined ? cutRun(only) : groups;
}

function cutRun(digits: string): string[] {
  if (digits.length <= 4) return [digits];
  return [digits.slice(0, 3), ...cutRun(digits.slice(3))];
}

/** A round number of seven and more digits is an amount ("1000000"), not something that is read out digit by digit. */
export const isRound = (number: string): boolean => /^[1-9]\d*000$/.test(number);
