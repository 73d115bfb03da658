/** Our messages as node-llama-cpp wants them. */
import type { ChatHistoryItem } from 'node-llama-cpp';
import type { ChatMessage, ToolSpec } from '../engine.js';
import { callText, resultText, toolsPrompt } from './llama-tools.js';

/** A call of a tool is the model's text, its result the user's: templates know both. */
function itemsOf(message: ChatMessage): ChatHistoryItem[] {
  if (message.role === 'assistant') return [{ type: 'model', response: [message.content] }];
  if (message.role === 'tool')
    return [
      { type: 'model', response: [callText(message.call)] },
      { type: 'user', text: resultText(message.content) },
    ];
  return [{ type: message.role, text: message.content }];
}

/** The conversation as it stands: what can be read ahead of the next question. Tools are told in the system prompt. */
export function saidSoFar(messages: readonly ChatMessage[], tools: readonly ToolSpec[] = []): ChatHistoryItem[] {
  const [system, ...rest] = messages;
  const told = toolsPrompt(tools);
  if (told === '') return messages.flatMap(itemsOf);
  if (system?.role !== 'system') return [{ type: 'system', text: told.trim() }, ...messages.flatMap(itemsOf)];
  return [{ type: 'system', text: `${system.content}\n${told}` }, ...rest.flatMap(itemsOf)];
}

/** The whole conversation, ended by the empty answer that the model is to fill. */
export function chatHistory(messages: readonly ChatMessage[], tools: readonly ToolSpec[] = []): ChatHistoryItem[] {
  return [...saidSoFar(messages, tools), { type: 'model', response: [] }];
}

/** What a conversation begins with, whatever is said in it. */
export const systemPrompt = (messages: readonly ChatMessage[], tools: readonly ToolSpec[] = []): ChatHistoryItem[] =>
  saidSoFar(messages, tools).filter(({ type }) => type === 'system');
