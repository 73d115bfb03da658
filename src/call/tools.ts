/** `[tool NAME]` sections and the agents' lists of tools, as the pipeline wants them. Throws CONFIG_INVALID. */
import { existsSync, readFileSync } from 'node:fs';
import type { AgentConfig, Config, ToolConfig } from '../config/schema.js';
import { fault, reasonOf } from '../errors.js';
import { builtInNames, builtInTool, isBuiltIn } from '../pipeline/tools/built-in.js';
import { placeholdersOf } from '../pipeline/tools/http-tool.js';
import type { Tool, ToolDeed } from '../pipeline/tools/tool.js';
import { validatorOf } from '../pipeline/tools/tool-session.js';

const listed = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((name) => name.trim())
    .filter((name) => name !== '');

const invalid = (key: string, expected: string, got: string) =>
  fault('CONFIG_INVALID', key, expected, JSON.stringify(got), 'the configuration');

/** Throws an Error that says what of a schema the engine cannot hold its model to. */
type SchemaCheck = (schema: Readonly<Record<string, unknown>>) => void;

/** The tools of each agent, by the agent's name. */
export function toolsets(config: Config, check: SchemaCheck = () => undefined): Record<string, Tool[]> {
  const tools = Object.fromEntries(
    Object.entries(config.tool).map(([name, tool]) => [name, toolOf(name, tool, check)]),
  );
  return Object.fromEntries(Object.entries(config.agent).map(([name, agent]) => [name, toolsOf(name, agent, tools)]));
}

function toolsOf(agentName: string, agent: AgentConfig, own: Readonly<Record<string, Tool>>): Tool[] {
  const destinations = Object.keys(transferDestinations(agentName, agent));
  return listed(agent.tools).map((name) => {
    const tool = Object.hasOwn(own, name) ? own[name] : undefined;
    if (tool) return tool;
    if (!isBuiltIn(name)) {
      const known = [...builtInNames, ...Object.keys(own)].join(', ');
      throw invalid(`agent.${agentName}.tools`, `names out of ${known}`, name);
    }
    if (name === 'transfer' && destinations.length === 0)
      throw invalid(`agent.${agentName}.transfer_to`, 'name=destination, since the agent may transfer', '');
    return builtInTool(name, destinations);
  });
}

/** Where an agent may hand its callers to, by name. */
export function transferDestinations(agentName: string, { transfer_to: text }: AgentConfig): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name = '', destination = ''] = /^\s*([\w-]+)\s*=\s*(\S+)\s*$/.exec(pair) ?? [];
      if (destination === '') throw invalid(`agent.${agentName}.transfer_to`, 'name=destination', pair);
      return [name, destination];
    }),
  );
}

function toolOf(name: string, tool: ToolConfig, check: SchemaCheck): Tool {
  if (!/^[A-Za-z][\w-]{0,63}$/.test(name)) throw invalid(`tool.${name}`, 'a name of letters, digits, _ and -', name);
  if (isBuiltIn(name)) throw invalid(`tool.${name}`, 'a name that is not built in', name);
  const parameters = schemaOf(name, tool.parameters, check);
  return {
    name,
    description: tool.description,
    parameters,
    deed: deedOf(name, tool, parameters),
    timeoutMs: tool.timeout_ms,
    filler: tool.filler === '' ? {} : { '*': tool.filler },
    fillerAfterMs: tool.filler_after_ms,
    maxCharacters: tool.max_characters,
  };
}

/** Inline or in a file; of an object, and one that ajv takes. */
function schemaOf(name: string, text: string, check: SchemaCheck): Record<string, unknown> {
  const key = `tool.${name}.parameters`;
  try {
    const source = text.trimStart().startsWith('{') ? text : readFileSync(text, 'utf8');
    const schema = { type: 'object', properties: {}, ...(JSON.parse(source) as Record<string, unknown>) };
    if (schema.type !== 'object') throw new Error('its type is not object');
    validatorOf(schema);
    check(schema);
    return schema;
  } catch (thrown) {
    const file = existsSync(text) ? ` in ${text}` : '';
    throw invalid(key, `a JSON Schema of an object${file} (${reasonOf(thrown)})`, text);
  }
}

function deedOf(name: string, tool: ToolConfig, { properties }: Record<string, unknown>): ToolDeed {
  if (tool.client) return { by: 'client' };
  const { url, method, retries } = tool;
  const fixed = /^https?:\/\/[^/?#{}]+(?=[/?]|$)/.test(url) && URL.canParse(url);
  if (!fixed) throw invalid(`tool.${name}.url`, 'an http or https address whose host is no placeholder', url);
  const known = Object.keys(properties ?? {});
  const strange = placeholdersOf(url).find((placeholder) => !known.includes(placeholder));
  if (strange !== undefined) throw invalid(`tool.${name}.url`, `placeholders out of ${known.join(', ')}`, strange);
  return { by: 'http', request: { url, method, retries, headers: headersOf(name, tool.headers) } };
}

function headersOf(name: string, text: string): [string, string][] {
  const lines = text.split('|').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, header = '', value = ''] = /^\s*([!#$%&'*+.^`~\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (header === '') throw invalid(`tool.${name}.headers`, 'Name: value, separated by |', '(not shown)');
    const unset = [...value.matchAll(/\$(\w+)/g)].find(([, variable = '']) => process.env[variable] === undefined);
    if (unset) throw invalid(`tool.${name}.headers`, 'environment variables that are set', unset[0]);
    return [header, value];
  });
}
