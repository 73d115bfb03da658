/** The reference part of `docs/rtvi.md`, written from the schemas that messages are held against. */
import type { TSchema } from '@sinclair/typebox';
import { services } from '../pipeline/services.js';
import { commands } from './commands.js';
import { requests } from './requests.js';
import { clientMessages, inbound } from './schemas.js';

const begin = '<!-- reference: written by `oavc config --docs` -->';
const end = '<!-- end of reference -->';

/** The page with its reference part replaced by the one that fits the code. */
export function withReference(page: string): string {
  const [before = ''] = page.split(begin);
  const after = page.split(end)[1] ?? '\n';
  return `${before}${begin}\n\n${reference()}\n${end}${after}`;
}

const reference = (): string =>
  [
    '### Messages',
    '',
    table(['`type`', '`data`', 'role'], Object.entries(inbound).map(messageRow)),
    '### `client-message`: `t` and `d`',
    '',
    table(['`t`', '`d`', 'role'], Object.entries(clientMessages).map(requestRow)),
    '### Configuration',
    '',
    table(['service', 'option', 'value', 'effect'], services.flatMap(serviceRows)),
  ].join('\n');

function messageRow([type, schema]: [string, TSchema]): string[] {
  const rights: Readonly<Record<string, { needs: string }>> = { ...requests, ...commands };
  return [`\`${type}\``, code(schema), rights[type]?.needs ?? 'any'];
}

function requestRow([t, schema]: [string, TSchema]): string[] {
  const rights: Readonly<Record<string, { needs: string }>> = requests;
  return [`\`${t}\``, code(schema), rights[t]?.needs ?? 'any'];
}

const serviceRows = ({ name, options }: (typeof services)[number]): string[][] =>
  options.map((option) => [`\`${name}\``, `\`${option.name}\``, code(option.schema), option.schema.description ?? '']);

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
    .concat('\n');

/** A bar would end the cell. */
const code = (schema: TSchema): string => {
  const shape = shapeOf(schema);
  return shape === '' ? 'anything' : `\`${shape.replaceAll('|', '\\|')}\``;
};

/** A schema in the manner of TypeScript, with bounds behind; empty for one that takes anything. */
function shapeOf(schema: TSchema): string {
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as TSchema[]).map((one) => shapeOf(one) || 'any').join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === 'array') return `[${shapeOf(schema.items as TSchema) || 'any'}, ...]`;
  if (schema.type === 'object') return objectShape(schema);
  return `${String(schema.type ?? '')}${bounds(schema)}`;
}

function objectShape(schema: TSchema): string {
  const required = new Set((schema.required ?? []) as string[]);
  const members = Object.entries((schema.properties ?? {}) as Record<string, TSchema>);
  const shown = members.map(([name, member]) => `${name}${required.has(name) ? '' : '?'}: ${shapeOf(member) || 'any'}`);
  return `{${shown.join(', ')}}`;
}

function bounds({ minimum, maximum, maxLength, pattern }: TSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` ${String(minimum)}..${String(maximum)}`;
  if (pattern !== undefined) return ` ${String(pattern)}`;
  return maxLength === undefined ? '' : ` up to ${String(maxLength)}`;
}
