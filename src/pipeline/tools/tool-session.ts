/**
 * The tools of one call: checks the arguments, has the tool done by whom it belongs to, and tells its start and end.
 * Whatever goes wrong becomes a result that the model reads; nothing here throws.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import type { ToolCall } from '../../engines/engine.js';
import { reasonOf } from '../../errors.js';
import type { EventBody } from '../events.js';
import { within } from '../workers/deadline.js';
import { deferred } from '../workers/deferred.js';
import { httpRequest } from './http-tool.js';
import { resultText, type Tool } from './tool.js';

export interface ToolSessionHost {
  emit(body: EventBody): void;
  /** Asks the call itself; `answer` brings what came of it. */
  act(call: ToolCall): void;
}

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
/** By the schema's text, since schemas come by message, a new object for each call. */
const validators = new Map<string, ValidateFunction>();

/** Throws ajv's error where the schema is none. */
export function validatorOf(schema: object): ValidateFunction {
  const key = JSON.stringify(schema);
  const known = validators.get(key) ?? ajv.compile(schema);
  validators.set(key, known);
  return known;
}

export class ToolSession {
  readonly #tools: ReadonlyMap<string, Tool>;
  /** Calls that a client or the call itself is to answer. */
  readonly #asked = new Map<string, (result: unknown) => void>();

  constructor(
    readonly host: ToolSessionHost,
    readonly tools: readonly Tool[],
  ) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  find(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  /** What came from a client, or of an act; nobody may wait for it any more. */
  answer(toolCallId: string, result: unknown): void {
    this.#asked.get(toolCallId)?.(result);
  }

  /** Tells that the call begins; `run` or `cancelled` tells that it is over. */
  started(call: ToolCall, turn: number): void {
    const client = this.find(call.name)?.deed.by === 'client';
    const { id: toolCallId, name } = call;
    this.host.emit({ type: 'function-call-started', turn, toolCallId, name, arguments: call.arguments, client });
  }

  cancelled(call: ToolCall, turn: number): void {
    this.#ended(call, turn, undefined, true);
  }

  /** Resolves with the result as the model reads it; undefined when the signal ended it. */
  async run(call: ToolCall, turn: number, signal: AbortSignal): Promise<string | undefined> {
    const tool = this.find(call.name);
    const result = await this.#result(call, tool, signal);
    this.#ended(call, turn, result, signal.aborted);
    return signal.aborted ? undefined : resultText(result, tool?.maxCharacters ?? 1000);
  }

  #ended({ id: toolCallId, name }: ToolCall, turn: number, result: unknown, cancelled: boolean): void {
    const told = cancelled ? undefined : result;
    this.host.emit({ type: 'function-call-ended', turn, toolCallId, name, result: told, cancelled });
  }

  async #result(call: ToolCall, tool: Tool | undefined, signal: AbortSignal): Promise<unknown> {
    if (!tool) return { error: `there is no tool ${call.name}` };
    const valid = validatorOf(tool.parameters);
    if (!valid(call.arguments)) return { error: `arguments: ${ajv.errorsText(valid.errors, { dataVar: '' })}` };
    const given = new AbortController();
    try {
      const done = this.#done(call, tool, AbortSignal.any([signal, given.signal]));
      return await within(done, tool.timeoutMs, () => new Error(`nothing came within ${tool.timeoutMs} ms`));
    } catch (thrown) {
      return { error: reasonOf(thrown) };
    } finally {
      given.abort();
    }
  }

  async #done(call: ToolCall, { deed }: Tool, signal: AbortSignal): Promise<unknown> {
    if (deed.by === 'http') return httpRequest(deed.request, call.arguments, signal);
    if (deed.by === 'nobody') return { done: true };
    const answer = this.#awaited(call.id, signal);
    if (deed.by === 'call') this.host.act(call);
    return answer;
  }

  /** Given up by the signal, which comes at the latest with the tool's time limit. */
  async #awaited(id: string, signal: AbortSignal): Promise<unknown> {
    const { promise, resolve, reject } = deferred<unknown>();
    const onAbort = () => reject(new Error('it was cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.#asked.set(id, resolve);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#asked.delete(id);
    }
  }
}
