/**
 * Calls of tools by a grammar of the whole answer: text, then at most one call as JSON, whose name and arguments fit
 * the schemas. llama.cpp looks at it only where the token it wants is refused, so plain answers stream as fast as
 * without it. Small models forget the marks that their template asks for; a brace is enough for us.
 */
import type { GbnfJsonObjectSchema, Llama, LlamaGrammar } from 'node-llama-cpp';
import { fault } from '../../errors.js';
import type { ToolCall, ToolSpec } from '../engine.js';
import { grammarSchema } from './grammar-schema.js';

/** What the model is told of its tools, behind the system prompt. */
export function toolsPrompt(tools: readonly ToolSpec[]): string {
  if (tools.length === 0) return '';
  const lines = tools.map(({ name, description, parameters }) => JSON.stringify({ name, description, parameters }));
  return [
    '',
    'Answer in words. Only when the caller asks for what one of these tools does, call it instead:',
    ...lines,
    'A call is {"name": "the tool", "arguments": {…}} and nothing else. Its result comes next; then answer in words.',
  ].join('\n');
}

/** A call as it stands in the conversation. */
export const callText = ({ name, arguments: given }: ToolCall): string => JSON.stringify({ name, arguments: given });
export const resultText = (result: string): string => `<tool_response>\n${result}\n</tool_response>`;

/** The grammar that node-llama-cpp makes of a schema begins with this; ours puts the answer's text before it. */
const madeRoot = /^root ::= (.*?) "\\n\\n\\n\\n" \[\\n\]\*$/m;

const schemaOf = (tools: readonly ToolSpec[]) => ({
  oneOf: tools.map(
    ({ name, parameters }): GbnfJsonObjectSchema => ({
      type: 'object',
      properties: { name: { const: name }, arguments: grammarSchema(parameters) },
    }),
  ),
});

/** Text without the signs that begin a call. */
const text = '[^{<`]*';

async function makeGrammar(llama: Llama, tools: readonly ToolSpec[]): Promise<LlamaGrammar> {
  if (tools.length === 0) return llama.createGrammar({ grammar: `root ::= ${text}` });
  const { grammar } = await llama.createGrammarForJsonSchema(schemaOf(tools));
  const call = madeRoot.exec(grammar)?.[1];
  if (call === undefined) throw fault('ENGINE_FAILED', 'llama', 'the grammar of the tools has another form');
  const root = `root ::= ${text} ( "<tool_call>"? "\\n"? ${call} )?`;
  return llama.createGrammar({ grammar: grammar.replace(madeRoot, () => root) });
}

/** Grammars by the tools that they are of. */
export class ToolGrammars {
  readonly #made = new Map<string, Promise<LlamaGrammar>>();

  constructor(private readonly llama: Llama) {}

  /** `callable` are the names of those that may be called now. */
  of(tools: readonly ToolSpec[], callable: readonly string[] | undefined): Promise<LlamaGrammar> {
    const now = tools.filter(({ name }) => callable?.includes(name) ?? true);
    const key = JSON.stringify(now);
    const made = this.#made.get(key) ?? makeGrammar(this.llama, now);
    this.#made.set(key, made);
    return made;
  }
}
