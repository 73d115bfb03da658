/** Our messages as node-llama-cpp wants them. */
import type { ChatHistoryItem } from 'node-llama-cpp';
import type { ChatMessage } from '../engine.js';

const itemOf = ({ role, content }: ChatMessage): ChatHistoryItem => {
  if (role === 'assistant') return { type: 'model', response: [content] };
  return role === 'system' ? { type: 'system', text: content } : { type: 'user', text: content };
};

/** The whole conversation, ended by the empty answer that the model is to fill. */
export function chatHistory(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  return [...messages.map(itemOf), { type: 'model', response: [] }];
}
