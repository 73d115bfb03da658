/** The configuration of the running call as controls, made from what the server describes. */
import type { CallView } from '../call-view';
import { card, element, setText } from '../dom';
import { type Label, label, languageName, number } from '../labels';

/** One option as `describe-options` tells it. */
export interface OptionFacts {
  service: string;
  option: string;
  type: string;
  minimum?: number;
  maximum?: number;
  /** What may be chosen, where that is known. */
  values?: string[];
}
export type Change = (service: string, option: string, value: unknown) => Promise<void>;

/** What is shown, in this order; an option that the server does not describe is left out. */
const shown: readonly { service: string; option: string; label: Label; step?: number }[] = [
  { service: 'opensips_call', option: 'mute_enabled', label: 'mute' },
  { service: 'opensips_call', option: 'volume', label: 'volume', step: 0.05 },
  { service: 'piper_tts', option: 'voice', label: 'voice' },
  { service: 'piper_tts', option: 'speed', label: 'speed', step: 0.05 },
  { service: 'vosk_stt', option: 'language', label: 'language' },
  { service: 'vosk_stt', option: 'confidence_threshold', label: 'confidence', step: 0.05 },
  { service: 'llama_llm', option: 'temperature', label: 'temperature', step: 0.05 },
  { service: 'llama_llm', option: 'max_tokens', label: 'maxTokens', step: 1 },
];
type Shown = (typeof shown)[number];

interface Control {
  root: HTMLElement;
  set(value: unknown): void;
}

export class SettingsView {
  readonly #fields = element('fieldset', { class: 'fields' });
  readonly #controls = new Map<string, Control>();
  readonly #change: Change;
  readonly root = card(label('settings'), 'settings', this.#fields);

  constructor(change: Change) {
    this.#change = change;
  }

  /** Makes the controls. */
  describe(options: readonly OptionFacts[]): void {
    this.#controls.clear();
    for (const entry of shown) {
      const facts = options.find(({ service, option }) => service === entry.service && option === entry.option);
      if (facts) this.#controls.set(`${entry.service}.${entry.option}`, this.#control(entry, facts));
    }
    this.#fields.replaceChildren(...[...this.#controls.values()].map(({ root }) => root));
  }

  update(view: CallView, steers: boolean): void {
    this.#fields.disabled = !steers || view.ended !== undefined;
    for (const [name, control] of this.#controls) control.set(view.config.get(name));
  }

  #control(entry: Shown, facts: OptionFacts): Control {
    const send = (value: unknown) => void this.#change(entry.service, entry.option, value);
    if (facts.type === 'bool') return toggle(entry, send);
    if (facts.type === 'string') return choice(entry, facts.values ?? [], send);
    return facts.maximum !== undefined && facts.maximum <= 2 ? slider(entry, facts, send) : amount(entry, facts, send);
  }
}

const nameOf = ({ service, option }: Shown): string => `${service}.${option}`;

function toggle(entry: Shown, send: (value: boolean) => void): Control {
  const input = element('input', { type: 'checkbox', role: 'switch', name: nameOf(entry) });
  input.addEventListener('change', () => send(input.checked));
  const root = element('label', { class: 'toggle' }, input, element('span', {}, label(entry.label)));
  const set = (value: unknown) => {
    input.checked = value === true;
  };
  return { root, set };
}

function slider(entry: Shown, { minimum = 0, maximum = 1 }: OptionFacts, send: (value: number) => void): Control {
  const input = element('input', { type: 'range', min: minimum, max: maximum, step: entry.step, name: nameOf(entry) });
  const shownValue = element('output', {});
  const show = () => setText(shownValue, number(input.valueAsNumber, 2));
  let held = false;
  input.addEventListener('input', () => {
    held = true;
    show();
  });
  input.addEventListener('change', () => {
    held = false;
    send(input.valueAsNumber);
  });
  const root = element('label', { class: 'slider' }, element('span', {}, label(entry.label)), shownValue, input);
  const set = (value: unknown) => {
    if (held || typeof value !== 'number' || input.valueAsNumber === value) return;
    input.valueAsNumber = value;
    show();
  };
  input.valueAsNumber = minimum;
  show();
  return { root, set };
}

function amount(entry: Shown, { minimum = 0, maximum }: OptionFacts, send: (value: number) => void): Control {
  const input = element('input', { type: 'number', min: minimum, max: maximum, step: entry.step, name: nameOf(entry) });
  input.addEventListener('change', () => {
    if (input.reportValidity() && input.value !== '') send(input.valueAsNumber);
  });
  const root = element('label', { class: 'field' }, element('span', {}, label(entry.label)), input);
  const set = (value: unknown) => {
    if (document.activeElement !== input) input.value = typeof value === 'number' ? String(value) : '';
  };
  return { root, set };
}

function shownAs({ option }: Shown, value: string): string {
  if (option === 'language') return languageName(value);
  return value === '' ? label('usualVoice') : value;
}

/** A list where the server names what there is, else free text. */
function choice(entry: Shown, values: readonly string[], send: (value: string) => void): Control {
  const options = values.map((value) => element('option', { value }, shownAs(entry, value)));
  const input =
    values.length > 0
      ? element('select', { name: nameOf(entry) }, ...options)
      : element('input', { name: nameOf(entry) });
  input.addEventListener('change', () => {
    if (values.length > 0 || input.value !== '') send(input.value);
  });
  const root = element('label', { class: 'field' }, element('span', {}, label(entry.label)), input);
  const set = (value: unknown) => {
    if (typeof value !== 'string' || input.value === value || document.activeElement === input) return;
    if (input instanceof HTMLSelectElement && !values.includes(value))
      input.add(new Option(shownAs(entry, value), value), 0);
    input.value = value;
  };
  return { root, set };
}
