/** `{{name}}` in prompts and greetings: filled with what the call brings along. Pure. */

const form = /\{\{\s*([a-z][\w.-]*)\s*\}\}/gi;

export interface Filled {
  text: string;
  /** Names that nothing was given for; they became nothing. */
  missing: string[];
}

/** Names are read without regard to case; `values` has them in lower case. */
export function fillPlaceholders(template: string, values: Readonly<Record<string, string>>): Filled {
  const missing = new Set<string>();
  const text = template.replace(form, (_whole, given: string) => {
    const name = given.toLowerCase();
    if (Object.hasOwn(values, name)) return values[name] ?? '';
    missing.add(name);
    return '';
  });
  return { text, missing: [...missing] };
}
