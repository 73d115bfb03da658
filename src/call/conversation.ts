/** The pipeline as one call sees it: each verb is a message to the worker that carries it out. */
import type { Pipeline } from '../pipeline/pipeline.js';
import type { CallSettings } from '../pipeline/services.js';
import { firstAnswer } from '../pipeline/workers/first-answer.js';
import type { ContextMessage } from './control.js';

export class Conversation {
  constructor(
    readonly pipeline: Pipeline,
    readonly callId: string,
  ) {}

  /** Speaks a text, and keeps it in the history as the bot's. */
  say(text: string, interrupt: boolean, interruptible: boolean): void {
    const { callId } = this;
    this.pipeline.send('speech', { type: 'say', callId, text, interrupt, remember: true, interruptible });
  }

  /** False when the bot was neither thinking nor speaking. */
  interrupt(): Promise<boolean> {
    const { callId } = this;
    const asked = firstAnswer<boolean>((answer) => this.pipeline.send('speech', { type: 'interrupt', callId, answer }));
    return asked.then((wasBusy) => wasBusy ?? false);
  }

  /** Answers `text` as if the caller had said it; empty: the context as it is. */
  run(text: string, interrupt: boolean, audio: boolean): void {
    this.pipeline.send('speech', { type: 'run', callId: this.callId, text, interrupt, audio });
  }

  append(role: ContextMessage['role'], content: string): void {
    this.pipeline.send('language', { type: 'append', callId: this.callId, message: { role, content } });
  }

  /** One message for a question that is answered at once, so that the interrupted answer stands before it. */
  appendAndRun(role: ContextMessage['role'], content: string): void {
    if (role !== 'user') this.append(role, content);
    this.run(role === 'user' ? content : '', true, true);
  }

  expectDigits(digits: number): void {
    this.pipeline.send('speech', { type: 'expect', callId: this.callId, digits });
  }

  replaceContext(messages: readonly ContextMessage[]): void {
    this.pipeline.send('language', { type: 'context', callId: this.callId, messages: [...messages] });
  }

  /** A key that did not come by RTP. */
  press(digit: string, durationMs: number, way: 'signalling' | 'client'): void {
    this.pipeline.send('speech', { type: 'key', callId: this.callId, digit, durationMs, way });
  }

  hold(held: boolean): void {
    this.pipeline.send('speech', { type: 'hold', callId: this.callId, held });
  }

  watchLevels(on: boolean): void {
    this.pipeline.send('speech', { type: 'levels', callId: this.callId, on });
  }

  update(patch: Partial<CallSettings>): void {
    this.pipeline.update(this.callId, patch);
  }

  answerFunctionCall(toolCallId: string, result: unknown): void {
    this.pipeline.answerFunctionCall(this.callId, toolCallId, result);
  }

  detach(): Promise<void> {
    return this.pipeline.detach(this.callId);
  }
}
