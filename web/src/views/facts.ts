/** Cards of facts: line quality, changes of the configuration, and what is left of a call. */
import type { CallView, Change } from '../call-view';
import { card, element, setText } from '../dom';
import { clock, label, milliseconds, number, percent, timeOfDay } from '../labels';

type Fact = [name: string, value: string];

/** A list of names and values that is written anew only where a value changed. */
class Facts {
  readonly root = element('dl', { class: 'facts' });
  #written = '';

  update(facts: readonly Fact[]): void {
    const text = JSON.stringify(facts);
    if (text === this.#written) return;
    this.#written = text;
    const rows = facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
    this.root.replaceChildren(...rows);
  }
}

export class QualityView {
  readonly #facts = new Facts();
  readonly #score = element('strong', {});
  readonly #scale = element('span', { class: 'scale', 'aria-hidden': 'true' }, element('span', { class: 'fill' }));
  readonly root = card(
    label('quality'),
    'quality',
    element('p', { class: 'figure' }, this.#score, this.#scale),
    this.#facts.root,
  );

  update({ quality }: CallView): void {
    this.root.hidden = quality === undefined;
    if (!quality) return;
    setText(this.#score, `MOS ${number(quality.mos, 2)}`);
    this.#scale.dataset.level = quality.mos >= 4 ? 'good' : quality.mos >= 3.4 ? 'fair' : 'poor';
    const fill = this.#scale.firstElementChild;
    if (fill instanceof HTMLElement) fill.style.transform = `scaleX(${((quality.mos - 1) / 3.5).toFixed(3)})`;
    this.#facts.update([
      [label('loss'), `${percent(quality.loss)} (${number(quality.lost)})`],
      [label('jitter'), milliseconds(quality.jitter * 1000)],
      [label('delay'), milliseconds(quality.delay * 1000)],
      [label('roundTrip'), quality.round_trip === undefined ? '–' : milliseconds(quality.round_trip * 1000)],
      [label('concealed'), number(quality.concealed)],
    ]);
  }
}

export class HistoryView {
  readonly #list = element('ol', { class: 'changes' });
  readonly #empty = element('p', { class: 'faint' }, label('noChanges'));
  #shown: CallView['history'] = [];
  readonly root = card(label('history'), 'history', this.#empty, this.#list);

  update({ history }: CallView): void {
    if (history === this.#shown) return;
    this.#shown = history;
    this.#empty.hidden = history.length > 0;
    const items = [...history]
      .reverse()
      .map(({ at, origin, changes }) =>
        element(
          'li',
          {},
          element('time', {}, timeOfDay(at)),
          element('span', {}, changes.map(changeText).join(', ')),
          element('small', { class: 'faint' }, origin),
        ),
      );
    this.#list.replaceChildren(...items);
  }
}

const changeText = ({ option, from, to }: Change): string => `${option}: ${valueText(from)} → ${valueText(to)}`;

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return label(value ? 'on' : 'off');
  if (typeof value === 'number') return number(value, Number.isInteger(value) ? 0 : 2);
  return String(value);
}

export class SummaryView {
  readonly #facts = new Facts();
  readonly root = card(label('summary'), 'summary', this.#facts.root);

  update({ ended }: CallView): void {
    this.root.hidden = ended === undefined;
    if (!ended) return;
    const { duration, metrics, ledger } = ended.summary;
    const median = ledger?.median_sum_ms;
    this.#facts.update([
      [label('duration'), clock(duration)],
      [label('reason'), ended.reason],
      [label('turns'), number(metrics.conversation_turns ?? 0)],
      [label('interruptions'), number(metrics.interruption_count ?? 0)],
      [label('average'), milliseconds((metrics.avg_response_time ?? 0) * 1000)],
      [label('medianLatency'), typeof median === 'number' ? milliseconds(median) : '–'],
    ]);
  }
}
