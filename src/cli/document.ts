/** `docs/cli.md`, written from the command line itself. */
import type { Command } from 'commander';

const section = (command: Command, path: string): string =>
  `## ${path}\n\n\`\`\`text\n${command.helpInformation().trimEnd()}\n\`\`\`\n`;

function sectionsOf(command: Command, path: string): string[] {
  const inner = command.commands.flatMap((each) => sectionsOf(each, `${path} ${each.name()}`));
  return [section(command, path), ...inner];
}

/** The page as Markdown, every command in it. */
export function commandPage(root: Command): string {
  const opening = [
    '# Command line',
    '',
    'Written by `oavc config --docs`; change the commands, not this page.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong use or configuration. Results go to stdout, the log to stderr.',
    'The options of `oavc` itself may stand before or behind a command.',
    '',
  ].join('\n');
  return [opening, ...sectionsOf(root, root.name())].join('\n');
}
