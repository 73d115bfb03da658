/** Who talks, in which state, for how long, and how loud. */
import type { CallView } from '../call-view';
import { element, setText } from '../dom';
import { clock, label } from '../labels';
import { shortAddress } from './calls';

type State = 'listening' | 'hearing' | 'thinking' | 'speaking' | 'deaf' | 'ended';

export function stateOf(view: CallView): State {
  if (view.ended) return 'ended';
  if (view.userSpeaking) return 'hearing';
  if (view.botSpeaking) return 'speaking';
  if (view.thinking) return 'thinking';
  return view.deaf ? 'deaf' : 'listening';
}

export class HeadView {
  readonly #who = element('h1', {});
  readonly #facts = element('p', { class: 'faint' });
  readonly #state = element('span', { class: 'state', role: 'status' });
  readonly #time = element('time', {});
  readonly #user = meter(label('caller'), 'user');
  readonly #bot = meter(label('bot'), 'bot');
  readonly root = element(
    'header',
    { class: 'head card' },
    element('div', { class: 'title' }, this.#who, this.#facts),
    element('div', { class: 'now' }, this.#state, this.#time),
    element('div', { class: 'meters' }, this.#user.root, this.#bot.root),
  );

  update(view: CallView, nowS: number): void {
    setText(this.#who, `${shortAddress(view.from)} → ${shortAddress(view.to)}`);
    const language = String(view.config.get('vosk_stt.language') ?? '');
    setText(this.#facts, [view.codec, language, view.callId].filter((fact) => fact !== '').join(' · '));
    const state = stateOf(view);
    this.#state.dataset.state = state;
    setText(this.#state, label(state));
    setText(this.#time, clock((view.ended?.at ?? nowS) - view.startedAt));
    this.#user.set(view.levels.user);
    this.#bot.set(view.levels.bot);
  }
}

function meter(name: string, side: string) {
  const bar = element('meter', { min: 0, max: 1, value: 0, class: side, 'aria-label': name });
  const fill = element('span', { class: 'fill' });
  const root = element(
    'div',
    { class: `level ${side}` },
    element('span', {}, name),
    element('span', { class: 'track' }, fill),
    bar,
  );
  const set = (level: number) => {
    bar.value = level;
    fill.style.transform = `scaleX(${level.toFixed(3)})`;
  };
  return { root, set };
}
