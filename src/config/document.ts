/** `docs/configuration.md`, `docs/errors.md` and `config/oavc.full.ini`, written from the schema and the registry; tests hold them equal. */
import { safe } from 'ini';
import { type ErrorCode, errorCodes } from '../errors.js';
import { errorGuide } from './error-guide.js';
import { expectation, headerOf, namedKinds, namedSection, type Option, type Section, sections } from './options.js';

const opening = `# Configuration

Written by \`oavc config --docs\`; change \`src/config/schema.ts\`, not this page.

An option has its default, unless its environment variable is set and not empty, unless the INI file gives it, unless
the command line does: the later wins. The file is the one after \`--config\`, or in \`CONFIG_FILE\`; without either none
is read. \`--set section.key=value\` sets any option from the command line. \`oavc config\` prints what is in force and
where it came from. Errors are reported all at once, and end the program with exit code 2.

In a value, \`;\` and \`#\` begin a comment when a blank stands before them; right behind a character they are refused:
write \`\\;\` and \`\\#\`, or put the whole value between double quotes, with no comment behind it on its line.

Options that end in \`_ms\` are milliseconds, in \`_s\` seconds, in \`_hz\` hertz, in \`_kb\` kilobytes.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

function row({ name, schema }: Option): string {
  const value = schema.default === '' ? '(empty)' : code(cell(String(schema.default)));
  const flag = schema.flag === undefined ? '' : code(`--${schema.flag}`);
  return `| ${[code(name), value, cell(expectation(schema)), code(schema.env ?? ''), flag, cell(schema.description)].join(' | ')} |`;
}

function sectionTable({ name, description, options }: Section): string {
  const header =
    '| option | default | expects | environment | command line | what it is |\n| --- | --- | --- | --- | --- | --- |';
  return [`## [${headerOf(name)}]\n`, `${description}\n`, header, ...options.map(row), ''].join('\n');
}

const configurationPage = (): string =>
  [opening, ...[...sections, ...namedKinds.map((kind) => namedSection({ kind, name: 'NAME' }))].map(sectionTable)].join(
    '\n',
  );

const errorEntry = (name: ErrorCode): string =>
  `## ${name}\n\n${errorGuide[name].means}\n\n*What to do:* ${errorGuide[name].mend}\n`;

const errorsPage = (): string =>
  [
    '# Errors\n',
    'Written by `oavc config --docs`; change `src/config/error-guide.ts`, not this page. The codes are stable.\n',
    ...errorCodes.map(errorEntry),
  ].join('\n');

function exampleOption({ name, schema }: Option): string {
  const env = schema.env === undefined ? '' : `; environment ${schema.env}`;
  const about = `${schema.description} (${expectation(schema)}${env})`;
  return `; ${about}\n;${name} = ${safe(String(schema.default))}`;
}

const exampleSection = ({ name, description, options }: Section): string =>
  [`; ${description}`, `[${headerOf(name)}]`, ...options.map(exampleOption), ''].join('\n');

/** An INI file with every option, commented out, at its default. */
const exampleIni = (): string =>
  [
    '; Every option at its default. Written by `oavc config --docs`.',
    '',
    ...[
      ...sections,
      ...namedKinds.map((kind) => namedSection({ kind, name: kind === 'agent' ? 'default' : 'example' })),
    ].map(exampleSection),
  ].join('\n');

/** What is generated, by path in the repository. */
export const papers = (): Record<string, string> => ({
  'docs/configuration.md': configurationPage(),
  'docs/errors.md': errorsPage(),
  'config/oavc.full.ini': exampleIni(),
});
