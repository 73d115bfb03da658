/** The rule that the normalisers are lists of: what is written, and what is said for it. */

export interface Rule {
  /** Global; the named groups go to `say`. */
  written: RegExp;
  /** The words; `after` is the text behind the match. Undefined leaves the text as it is. */
  say(groups: Readonly<Record<string, string>>, after: string): string | undefined;
}

/** Applies the rules in order, each to all of the text. */
export function applyRules(rules: readonly Rule[], text: string): string {
  return rules.reduce((said, rule) => said.replace(rule.written, (...found) => sayMatch(rule, found)), text);
}

/** String.replace gives: the match, its groups, the position, the whole text, the named groups. */
function sayMatch(rule: Rule, found: readonly unknown[]): string {
  const match = String(found[0]);
  const named = found.at(-1);
  const hasNames = typeof named === 'object' && named !== null;
  const whole = String(found.at(hasNames ? -2 : -1));
  const at = Number(found.at(hasNames ? -3 : -2));
  const groups = hasNames ? (named as Record<string, string>) : {};
  return rule.say(groups, whole.slice(at + match.length)) ?? match;
}

/** A rule that says the same for each match. */
export const word = (written: RegExp, said: string): Rule => ({ written, say: () => said });
