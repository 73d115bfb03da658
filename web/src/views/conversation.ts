/** Both sides' words. The bot's are dark as far as the caller has heard them. */
import type { CallView, Line } from '../call-view';
import { card, element, keepChildren, setText } from '../dom';
import { label } from '../labels';

export class ConversationView {
  readonly #lines = element('ol', { class: 'lines', role: 'log', 'aria-label': label('conversation'), tabindex: 0 });
  readonly #empty = element('p', { class: 'faint' }, label('quiet'));
  readonly #known = new Map<number, HTMLElement>();
  readonly root = card(label('conversation'), 'conversation', this.#empty, this.#lines);

  update(view: CallView): void {
    this.#empty.hidden = view.lines.length > 0;
    const { scrollTop, scrollHeight, clientHeight } = this.#lines;
    const follows = scrollHeight - scrollTop - clientHeight < 60;
    keepChildren(this.#lines, this.#known, view.lines, (line) => line.id, newLine);
    for (const line of view.lines) {
      const item = this.#known.get(line.id);
      if (item) show(item, line);
    }
    if (follows) this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  /** Another call: the numbers of its lines mean other lines. */
  clear(): void {
    this.#known.clear();
    this.#lines.replaceChildren();
  }
}

function newLine(line: Line): HTMLElement {
  const words = [element('span', { class: 'heard' }), element('span', { class: 'rest' })];
  return element('li', { class: line.side }, ...speaker(line), element('p', {}, ...words), element('small', {}));
}

const speaker = ({ side }: Line): Node[] =>
  side === 'note' ? [] : [element('span', { class: 'speaker' }, label(side === 'user' ? 'caller' : 'bot'))];

function show(item: HTMLElement, line: Line): void {
  const [heard, rest] = [item.querySelector<HTMLElement>('.heard'), item.querySelector<HTMLElement>('.rest')];
  const told = line.side === 'bot' && !line.silent ? line.heard : line.text.length;
  if (heard) setText(heard, line.text.slice(0, told));
  if (rest) setText(rest, line.text.slice(told));
  item.classList.toggle('open', line.open);
  item.classList.toggle('cut', line.cut);
  const remark = line.cut ? label('interrupted') : line.silent ? label('silentLine') : '';
  const small = item.querySelector('small');
  if (small) setText(small, remark);
}
