/** The calls that run, and those that ended while this page looked at them. */
import { button, card, element, keepChildren, setText } from '../dom';
import { clock, label } from '../labels';

export interface ListedCall {
  callId: string;
  from: string;
  to: string;
  /** Epoch seconds. */
  startedAt: number;
  endedAt: number | undefined;
}

export class CallsView {
  readonly #list = element('ul', { class: 'call-list' });
  readonly #empty = element('p', { class: 'faint' }, label('noCalls'));
  readonly #items = new Map<string, HTMLElement>();
  readonly root = card(label('liveCalls'), 'calls', this.#list, this.#empty);
  readonly #choose: (callId: string) => void;

  constructor(choose: (callId: string) => void) {
    this.#choose = choose;
  }

  update(calls: readonly ListedCall[], focus: string | undefined, nowS: number): void {
    this.#empty.hidden = calls.length > 0;
    keepChildren(
      this.#list,
      this.#items,
      calls,
      (call) => call.callId,
      (call) => this.#item(call),
    );
    for (const call of calls) {
      const item = this.#items.get(call.callId);
      const choice = item?.firstElementChild;
      choice?.setAttribute('aria-current', String(call.callId === focus));
      item?.classList.toggle('over', call.endedAt !== undefined);
      const time = item?.querySelector('time');
      if (time) setText(time, clock((call.endedAt ?? nowS) - call.startedAt));
    }
  }

  #item(call: ListedCall): HTMLElement {
    const choice = button('', () => this.#choose(call.callId), { 'data-call': call.callId });
    choice.append(
      element('span', { class: 'who' }, shortAddress(call.from)),
      element('span', { class: 'faint' }, `→ ${shortAddress(call.to)}`),
      element('time', {}),
    );
    return element('li', {}, choice);
  }
}

/** `"Ada" <sip:+90212@host;tag=1>` as a person would write it. */
export function shortAddress(address: string): string {
  const name = /^"?([^"<]*?)"?\s*</.exec(address)?.[1]?.trim();
  const user = /sips?:([^@;>]+)@?/.exec(address)?.[1];
  return name || user || address;
}
