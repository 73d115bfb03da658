/** The parts of the page, and where they stand. */
import type { CallView } from './call-view';
import type { ConnectionState } from './connection';
import { button, element, setText } from './dom';
import { chooseLanguage, label, pageLanguage } from './labels';
import { ActionsView, type CallActions } from './views/actions';
import { CallsView, type ListedCall } from './views/calls';
import { ConversationView } from './views/conversation';
import { HistoryView, QualityView, SummaryView } from './views/facts';
import { HeadView } from './views/head';
import { LatencyView } from './views/latency';
import { type Change, type OptionFacts, SettingsView } from './views/settings';
import { TokenView } from './views/token';

export interface PageHandlers {
  choose(callId: string): void;
  change: Change;
  actions: CallActions;
  useToken(token: string): void;
}

const noticeMs = 6000;

export class Page {
  readonly #connection = element('span', { class: 'connection', role: 'status' });
  readonly #notices = element('div', { class: 'notices', role: 'alert' });
  readonly #watching = element('span', { class: 'watching', hidden: true }, label('onlyWatching'));
  readonly #nothing = element('p', { class: 'nothing faint' }, label('chooseCall'));
  readonly #call = element('main', {});
  readonly #head = new HeadView();
  readonly #conversation = new ConversationView();
  readonly #latency = new LatencyView();
  readonly #quality = new QualityView();
  readonly #history = new HistoryView();
  readonly #summary = new SummaryView();
  readonly #calls: CallsView;
  readonly #settings: SettingsView;
  readonly #actions: ActionsView;
  readonly #token: TokenView;
  #shown: string | undefined;
  #steers = true;

  constructor(handlers: PageHandlers) {
    this.#calls = new CallsView(handlers.choose);
    this.#settings = new SettingsView(handlers.change);
    this.#actions = new ActionsView(handlers.actions);
    this.#token = new TokenView(handlers.useToken);
    const talk = element(
      'div',
      { class: 'talk' },
      this.#head.root,
      this.#summary.root,
      this.#conversation.root,
      this.#actions.root,
    );
    const side = element(
      'div',
      { class: 'side' },
      this.#settings.root,
      this.#latency.root,
      this.#quality.root,
      this.#history.root,
    );
    this.#call.append(talk, side);
    this.#call.hidden = true;
    document.title = label('title');
    document.documentElement.lang = pageLanguage();
    document.body.replaceChildren(
      topBar(this.#watching, this.#connection),
      element('div', { class: 'desk' }, element('nav', {}, this.#calls.root), this.#nothing, this.#call),
      this.#notices,
      this.#token.root,
    );
  }

  connection(state: ConnectionState): void {
    this.#connection.dataset.state = state;
    setText(this.#connection, label(state));
    if (state === 'refused') this.#token.ask();
  }

  describe(options: readonly OptionFacts[]): void {
    this.#settings.describe(options);
  }

  /** With a token that may only watch, the controls rest. */
  allow(steers: boolean): void {
    this.#steers = steers;
    this.#watching.hidden = steers;
  }

  /** Something was refused, or done: tells it for a while. */
  notice(text: string, kind: 'error' | 'done'): void {
    const notice = element('p', { class: kind }, text);
    this.#notices.append(notice);
    setTimeout(() => notice.remove(), noticeMs);
  }

  update(calls: readonly ListedCall[], view: CallView | undefined): void {
    const nowS = Date.now() / 1000;
    this.#calls.update(calls, view?.callId, nowS);
    this.#nothing.hidden = view !== undefined || calls.length === 0;
    this.#call.hidden = view === undefined;
    if (!view) return;
    if (view.callId !== this.#shown) this.#conversation.clear();
    this.#shown = view.callId;
    this.#head.update(view, nowS);
    this.#actions.update(view, this.#steers);
    this.#settings.update(view, this.#steers);
    for (const part of [this.#conversation, this.#latency, this.#quality, this.#history, this.#summary])
      part.update(view);
  }
}

function topBar(...states: HTMLElement[]): HTMLElement {
  const other = pageLanguage() === 'tr' ? 'en' : 'tr';
  const switchLanguage = button(other === 'tr' ? 'Türkçe' : 'English', () => chooseLanguage(other), {
    class: 'plain',
    lang: other,
  });
  const logo = element('img', { src: '/icon.svg', alt: '', width: 28, height: 28 });
  return element('div', { class: 'top' }, logo, element('strong', {}, label('title')), ...states, switchLanguage);
}
