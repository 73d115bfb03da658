/**
 * One call in the language worker: its history, its sequence of the model, and the answer that is being written.
 * Tokens → sentences → voice; the first sentence leaves early, at a clause.
 */
import { elapsedMs, monotonicNs } from '../../clock.js';
import type { ChatMessage, Generation, LlmSequence, ToolCall } from '../../engines/engine.js';
import { fault, OavcError, reasonOf } from '../../errors.js';
import type { EventBody } from '../events.js';
import type { CallSettings } from '../services.js';
import { History, withPrompt } from '../text/history.js';
import { normalise } from '../text/normalise.js';
import { SentenceSplitter } from '../text/sentences.js';
import { fillerOf, type Tool } from '../tools/tool.js';
import { ToolSession } from '../tools/tool-session.js';
import { type Answer, openAnswer, tokensOf } from './answer.js';
import { Mind } from './mind.js';
import type { Attachment, LanguageToSpeech, LanguageToVoice, SpeechToLanguage } from './protocol.js';

import { TokenWatch } from './token-watch.js';

export interface LanguageCallHost {
  llmTimeoutMs: number;
  /** What the history may hold besides the system prompt. */
  historyCharacters: number;
  apology(language: string): string;
  /** Of an agent. */
  toolsOf(agent: string): readonly Tool[];
  /** Tools that may be called in one turn. */
  toolCalls: number;
  /** Answers may be begun before the caller's turn is over. */
  speculate: boolean;
  /** The model does something to its call. */
  act(callId: string, act: ToolCall): void;
  emit(callId: string, body: EventBody): void;
  toVoice(message: LanguageToVoice): void;
  toSpeech(message: LanguageToSpeech): void;
}

type TurnRequest = Extract<SpeechToLanguage, { type: 'turn' }>;
type SayRequest = Extract<SpeechToLanguage, { type: 'say' }>;

export class LanguageCall {
  readonly callId: string;
  #history: History;
  readonly #tools: ToolSession;
  readonly mind: Mind;
  readonly #closed = new AbortController();
  #settings: CallSettings;
  #answers = new Map<number, Answer>();
  #last: Promise<void> = Promise.resolve();

  constructor(
    readonly host: LanguageCallHost,
    call: Attachment,
    openSequence: () => Promise<LlmSequence>,
  ) {
    this.callId = call.callId;
    this.#settings = call.settings;
    this.#history = new History(call.messages, host.historyCharacters);
    this.#tools = new ToolSession(
      { emit: (body) => this.#emit(body), act: (act) => host.act(this.callId, act) },
      host.toolsOf(call.agent),
    );
    this.mind = new Mind({
      openSequence,
      settings: () => this.#settings,
      tools: this.#tools.tools,
      speculate: host.speculate,
      emit: (body) => this.#emit(body),
    });
    this.#prepare();
  }

  /** What is known already is read while nobody waits for it. */
  #prepare(): void {
    if (this.#answers.size === 0) this.#history.settle();
    this.mind.prepare(this.#history.messages);
  }

  update(patch: Partial<CallSettings>): void {
    this.#settings = { ...this.#settings, ...patch };
    this.mind.forget();
  }

  /** The caller paused, and this is probably what he said; empty: he goes on. */
  suppose(text: string): void {
    if (text === '') this.mind.forget();
    else if (this.#answers.size === 0) this.mind.suppose(this.#history.messagesAfter(text));
  }

  append(message: ChatMessage): void {
    if (this.#answers.size === 0) this.#history.add(message);
    else this.#history.defer(message);
  }

  /** What was said is this from now on; an answer that is under way comes behind it. */
  replace(messages: readonly ChatMessage[]): void {
    this.#history = new History(withPrompt(this.#history.messages, messages), this.host.historyCharacters);
    this.mind.forget();
    this.#prepare();
  }

  /** What a client or the call itself answered to a tool. */
  functionResult(toolCallId: string, result: unknown): void {
    this.#tools.answer(toolCallId, result);
  }

  /** Answers a turn of the caller; empty text answers the history as it is. Turns follow one another. */
  turn(request: TurnRequest): void {
    const answer = this.#open(request, request.audio, true);
    this.#last = this.#last.then(() => this.#answer(answer, request.text));
  }

  /** Speaks a given text, or at once the apology when it is empty. */
  say(request: SayRequest): void {
    const answer = this.#open(request, true, request.remember);
    if (request.text === '') this.#apologise(answer);
    else this.#last = this.#last.then(() => this.#recite(answer, request.text));
  }

  #recite(answer: Answer, text: string): void {
    const splitter = new SentenceSplitter({ language: this.#settings.language });
    for (const sentence of [...splitter.push(text), ...splitter.flush()]) this.#speak(answer, sentence, true);
    if (!answer.abort.signal.aborted) this.#end(answer);
  }

  /** The caller broke in: stop, and remember only what was heard. */
  cancel(turn: number, heard: string): void {
    const answer = this.#answers.get(turn);
    answer?.abort.abort();
    this.#answers.delete(turn);
    if (answer?.remember) this.#history.addInterrupted(heard);
    if (answer?.afterwards) this.#tools.cancelled(answer.afterwards, turn);
    this.#prepare();
  }

  /** The turn was played to its end; `heard` is what it was, an apology included. */
  heard(turn: number, heard: string): void {
    const answer = this.#answers.get(turn);
    this.#answers.delete(turn);
    if (answer?.remember) this.#history.addAssistant(heard);
    if (answer?.afterwards) void this.#actAfter(answer.afterwards, turn);
    this.#prepare();
  }

  /** What was to wait until the caller had heard the bot. Where it fails, the bot says so. */
  async #actAfter(call: ToolCall, turn: number): Promise<void> {
    const result = await this.#tools.run(call, turn, this.#closed.signal);
    if (result === undefined) return;
    this.#history.addTool(call, result);
    if (result.includes('"error"')) this.host.toSpeech({ type: 'go-on', callId: this.callId });
  }

  #open(request: { turn: number; epoch: number }, audio: boolean, remember: boolean): Answer {
    const answer = openAnswer(request, audio, remember);
    this.#answers.set(answer.turn, answer);
    return answer;
  }

  async #answer(answer: Answer, text: string): Promise<void> {
    this.#history.addUser(text);
    if (answer.abort.signal.aborted) return;
    const startedNs = monotonicNs();
    this.#emit({ type: 'llm-started', turn: answer.turn, audio: answer.audio });
    try {
      const generations = await this.#rounds(answer);
      this.#stopped(answer, generations, elapsedMs(startedNs, monotonicNs()));
    } catch (thrown) {
      if (!answer.abort.signal.aborted) this.#unanswered(answer, thrown);
    }
  }

  #unanswered(answer: Answer, thrown: unknown): void {
    this.#failed(thrown);
    answer.abort.abort();
    if (answer.audio) this.#apologise(answer);
    else this.#end(answer);
  }

  /** The model answers, or calls a tool and goes on with its result. */
  async #rounds(answer: Answer): Promise<Generation[]> {
    const generations: Generation[] = [];
    for (let goesOn = true; goesOn; ) {
      const generation = await this.#generate(answer);
      generations.push(generation);
      const { call } = generation;
      goesOn = call !== undefined && !answer.abort.signal.aborted && (await this.#use(answer, call));
    }
    return generations;
  }

  /** True when the model is to go on with the result. */
  async #use(answer: Answer, call: ToolCall): Promise<boolean> {
    const tool = this.#tools.find(call.name);
    this.#tools.started(call, answer.turn);
    answer.called.push(call.name);
    const filler = tool ? fillerOf(tool, this.#settings.language) : '';
    if (tool?.deed.by === 'call' && tool.deed.when === 'heard') {
      this.#fill(answer, filler);
      answer.afterwards = call;
      return false;
    }
    const timer = setTimeout(() => this.#fill(answer, filler), tool?.fillerAfterMs ?? 0);
    const result = await this.#tools.run(call, answer.turn, answer.abort.signal).finally(() => clearTimeout(timer));
    if (result === undefined) return false;
    this.#history.addTool(call, result);
    answer.quiet = tool?.deed.by === 'nobody';
    return !answer.quiet;
  }

  /** Something to hear while a tool is at work, where nothing was said yet. */
  #fill(answer: Answer, filler: string): void {
    if (filler !== '' && answer.sentences.length === 0) this.#speak(answer, filler, true);
  }

  async #generate(answer: Answer): Promise<Generation> {
    const { llmTimeoutMs } = this.host;
    const splitter = new SentenceSplitter({ language: this.#settings.language });
    const watch = new TokenWatch(llmTimeoutMs, () => fault('ENGINE_TIMEOUT', 'language', llmTimeoutMs));
    const onText = (text: string): void => {
      if (watch.seen() && answer.called.length === 0) this.#emit({ type: 'llm-first-token', turn: answer.turn });
      this.#emit({ type: 'llm-text', turn: answer.turn, text });
      for (const sentence of splitter.push(text)) this.#speak(answer, sentence);
    };
    const thought = this.mind.think(this.#history.messages, this.#callable(answer));
    thought.listen(onText, answer.abort.signal);
    const generation = await watch.over(thought.result);
    if (generation.stop !== 'abort') for (const sentence of splitter.flush()) this.#speak(answer, sentence);
    return generation;
  }

  /** Each tool once a turn, and no more of them than the model knows what to do with. */
  #callable({ called }: Answer): string[] {
    const more = called.length < this.host.toolCalls;
    return this.#tools.tools.map(({ name }) => name).filter((name) => more && !called.includes(name));
  }

  #stopped(answer: Answer, generations: readonly Generation[], durationMs: number): void {
    this.#emit({ type: 'llm-stopped', turn: answer.turn, ...tokensOf(generations), durationMs });
    if (!answer.abort.signal.aborted) this.#end(answer);
  }

  /** `fixed`: the model did not write it. */
  #speak(answer: Answer, text: string, fixed = false): void {
    if (answer.abort.signal.aborted) return;
    const { turn, epoch } = answer;
    const index = answer.sentences.push(text) - 1;
    this.#emit({ type: 'sentence', turn, index, text });
    if (!answer.audio) return;
    const spoken = normalise(text, this.#settings.language);
    this.host.toVoice({ type: 'sentence', callId: this.callId, turn, epoch, index, text, spoken, fixed });
  }

  /** A model that said nothing leaves no dead air. */
  #end(answer: Answer): void {
    const { turn, epoch, sentences, audio } = answer;
    if (audio && sentences.length === 0 && !answer.quiet) return this.#apologise(answer);
    if (audio && sentences.length > 0) return this.host.toVoice({ type: 'end', callId: this.callId, turn, epoch });
    this.heard(turn, sentences.join(' '));
    this.host.toSpeech({ type: 'silent', callId: this.callId, turn });
  }

  #apologise(answer: Answer): void {
    const { turn, epoch } = answer;
    const text = this.host.apology(this.#settings.language);
    const index = answer.sentences.push(text) - 1;
    this.#emit({ type: 'sentence', turn, index, text, apology: true });
    this.host.toVoice({ type: 'apologise', callId: this.callId, turn, epoch, index });
    this.host.toVoice({ type: 'end', callId: this.callId, turn, epoch });
  }

  #failed(thrown: unknown): void {
    const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
    this.#emit({ type: 'error', code, message: reasonOf(thrown), fatal: false });
  }

  #emit(body: EventBody): void {
    this.host.emit(this.callId, body);
  }

  /** Gives the sequence back at once; resolves when the model has it again. */
  async close(): Promise<void> {
    for (const answer of this.#answers.values()) answer.abort.abort();
    this.#closed.abort();
    this.#answers.clear();
    await this.mind.close();
    await this.#last;
  }
}
