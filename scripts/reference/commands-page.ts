// docs/reference/commands.md: the command line, as its own help tells it.

import { Command, type Option } from 'commander';
import { COMMANDS } from '../../src/surface/cli/command-table.ts';
import { commandOf } from '../../src/surface/cli/command-tree.ts';
import { addCommonOptions } from '../../src/surface/cli/common-options.ts';
import { EXIT } from '../../src/surface/cli/exit-code.ts';
import { fenced, table } from './markdown.ts';

const WIDTH = 110;
const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done',
  fault: 'a fault, something that does not exist, or a finding of `doctor`, `diagnose` or `policy check`',
  usage: 'the command line is not right',
  denied: 'denied',
  contended: 'held by somebody else, still in line, or too much at once: later it may work',
  deadlock: 'waiting would be a deadlock',
  staleToken: 'the token holds no more',
  paused: 'the agent is paused',
  unavailable: 'the store cannot be used',
};

export async function commandsPage(): Promise<string> {
  const groups = Map.groupBy(COMMANDS, ({ group }) => group);
  const index = [...groups].map(([group, entries]) => {
    const rows = entries.map(({ name, summary }) => [`[\`brigade ${name}\`](#brigade-${name})`, summary]);
    return `**${group.replace(':', '')}**\n\n${table(['command', ''], rows)}`;
  });
  const sections: string[] = [];
  for (const entry of COMMANDS) sections.push(sectionOf(await commandOf(entry)));
  return [INTRO, exitCodes(), everywhere(await commandOf({ ...ANY, name: 'COMMAND' })), ...index, ...sections].join(
    '\n\n',
  );
}

const INTRO = `# Commands

Made from the command line itself; \`brigade COMMAND --help\` shows the same. \`brigade completion bash\` (or zsh, fish) lets a shell complete all of it.`;

const ANY = { summary: '', group: '', load: async () => ({ define: () => undefined }) };

function exitCodes(): string {
  const rows = Object.entries(EXIT).map(([name, code]) => [String(code), MEANINGS[name as keyof typeof EXIT]]);
  return `## Exit codes\n\n${table(['code', 'means'], rows)}\n\nWhich code a refusal has: [error codes](codes.md). \`brigade run\` returns that of the command it ran.`;
}

function everywhere(command: Command): string {
  const rows = command.options.map(({ flags, description }) => [`\`${flags}\``, description]);
  return `## Options of every command\n\n${table(['option', ''], rows)}`;
}

function sectionOf(command: Command): string {
  const parts = [command, ...command.commands].filter((each) => each.commands.length === 0 || hasArguments(each));
  return [`## brigade ${command.name()}`, ...parts.map((each) => fenced('text', helpOf(each, command)))].join('\n\n');
}

function hasArguments(command: Command): boolean {
  return command.registeredArguments.length > 0 || command.commands.length > 0;
}

/** What `--help` shows, without the options that every command has. */
function helpOf(command: Command, parent: Command): string {
  let text = '';
  const shown = command
    .configureHelp({
      helpWidth: WIDTH,
      visibleOptions: (each) => each.options.filter(isOwn),
    })
    .configureOutput({ writeOut: (part) => (text += part), getOutHasColors: () => false });
  shown.outputHelp();
  const usage = command === parent ? 'Usage: brigade ' : `Usage: brigade ${parent.name()} `;
  return text
    .replace(/^Usage: (?:\S+ )?(?=\S)/, (found) =>
      found.includes(command.name()) ? found.replace('Usage: ', usage) : usage,
    )
    .trim();
}

function isOwn({ hidden, helpGroupHeading }: Option): boolean {
  return !hidden && helpGroupHeading !== COMMON;
}

/** The heading under which help shows the options of every command. */
const COMMON = commonHeading();

function commonHeading(): string | undefined {
  const command = new Command('any');
  addCommonOptions(command);
  return command.options[0]?.helpGroupHeading;
}
