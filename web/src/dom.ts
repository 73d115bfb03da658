/** Elements. Text goes in as text nodes only: what callers say can never become markup. */

type Attributes = Record<string, string | number | boolean | undefined>;

/** Makes an element; `class`, `aria-*` and other attributes by name, `true` for a bare one, `false` for none. */
export function element<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  made.append(...children);
  return made;
}

/** Writes text where it differs: an unchanged node is not touched. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function button(text: string, run: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', run);
  return made;
}

/** A titled part of the page. */
export function card(title: string, name: string, ...children: (Node | string)[]): HTMLElement {
  const id = `title-${name}`;
  return element(
    'section',
    { class: `card ${name}`, 'aria-labelledby': id },
    element('h2', { id }, title),
    ...children,
  );
}

/** Keeps one child for each item, in the order of the items; children are made once and updated after that. */
export function keepChildren<T, K>(
  parent: HTMLElement,
  known: Map<K, HTMLElement>,
  items: readonly T[],
  keyOf: (item: T) => K,
  make: (item: T) => HTMLElement,
): void {
  const kept = new Set(items.map(keyOf));
  for (const [key, child] of known) {
    if (kept.has(key)) continue;
    child.remove();
    known.delete(key);
  }
  for (const [at, item] of items.entries()) {
    const key = keyOf(item);
    const child = known.get(key) ?? make(item);
    known.set(key, child);
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  }
}
