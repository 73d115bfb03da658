/** Our messages as node-llama-cpp wants them. */
import type { ChatHistoryItem } from 'node-llama-cpp';
import type { ChatMessage } from '../engine.js';

const itemOf = ({ role, content }: ChatMessage): ChatHistoryItem => {
  if (role === 'assistant') return { type: 'model', response: [content] };
  return role === 'system' ? { type: 'system', text: content } : { type: 'user', text: content };
};

/** The conversation as it stands: what can be read ahead of the next question. */
export const saidSoFar = (messages: readonly ChatMessage[]): ChatHistoryItem[] => messages.map(itemOf);

/** The whole conversation, ended by the empty answer that the model is to fill. */
export function chatHistory(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  return [...saidSoFar(messages), { type: 'model', response: [] }];
}
