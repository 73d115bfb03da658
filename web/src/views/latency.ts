/** What the caller waited, turn by turn: one bar, cut into the parts of the ledger, which sum to it. */
import type { CallView, TurnLatency } from '../call-view';
import { card, element, keepChildren, setText } from '../dom';
import { type Label, label, milliseconds } from '../labels';

export const parts = [
  'jitter_wait',
  'silence_wait',
  'turn_decision',
  'stt_final',
  'llm_first_token',
  'first_sentence',
  'tts_first_audio',
  'ring_wait',
] as const satisfies readonly Label[];

const shown = 8;

export class LatencyView {
  readonly #average = element('strong', {});
  readonly #bars = element('ol', { class: 'bars' });
  readonly #known = new Map<number, HTMLElement>();
  readonly #empty = element('p', { class: 'faint' }, label('noTurns'));
  readonly #legend = element('ul', { class: 'legend' }, ...parts.map(legendItem));
  readonly root = card(
    label('latency'),
    'latency',
    element('p', { class: 'faint' }, label('latencyHint')),
    element('p', { class: 'figure' }, this.#average),
    this.#empty,
    this.#bars,
    this.#legend,
  );

  update(view: CallView): void {
    const turns = view.turns.filter(({ kind }) => kind === 'answered' || kind === 'interrupted');
    this.#empty.hidden = turns.length > 0;
    this.#legend.hidden = turns.length === 0;
    const { avg_response_time: average = 0 } = view.metrics;
    setText(this.#average, average > 0 ? `${label('average')}: ${milliseconds(average * 1000)}` : '');
    const latest = turns.slice(-shown).reverse();
    const longest = Math.max(1, ...latest.map(({ sumMs }) => sumMs));
    keepChildren(this.#bars, this.#known, latest, ({ turn }) => turn, newBar);
    for (const { turn, sumMs } of latest) {
      const bar = this.#known.get(turn)?.querySelector<HTMLElement>('.bar');
      if (bar) bar.style.width = `${(100 * sumMs) / longest}%`;
    }
  }
}

function legendItem(part: (typeof parts)[number]): HTMLElement {
  return element('li', {}, element('span', { class: `dot ${part}`, 'aria-hidden': 'true' }), label(part));
}

function newBar({ partsMs, sumMs, interrupted }: TurnLatency): HTMLElement {
  const told = parts.filter((part) => (partsMs[part] ?? 0) >= 1);
  const words = told.map((part) => `${label(part)} ${milliseconds(partsMs[part] ?? 0)}`).join(', ');
  const bar = element('div', { class: 'bar', role: 'img', 'aria-label': words, title: words });
  for (const part of told) {
    const piece = element('span', { class: part, title: `${label(part)}: ${milliseconds(partsMs[part] ?? 0)}` });
    piece.style.flexGrow = String(partsMs[part] ?? 0);
    bar.append(piece);
  }
  const sum = element('span', { class: 'sum' }, milliseconds(sumMs), interrupted ? ' ✕' : '');
  return element('li', {}, element('div', { class: 'lane' }, bar), sum);
}
