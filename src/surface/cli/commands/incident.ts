import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { DRY_RUN } from '../operator-act.ts';
import { wholeOption } from '../parse/options.ts';

interface ListOptions {
  readonly open?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

interface NoteOptions {
  readonly operator?: boolean;
}

interface CloseOptions {
  readonly reason: string;
  readonly dryRun?: boolean;
}

interface ReportOptions {
  readonly format?: 'md' | 'json';
  readonly out?: string;
  readonly force?: boolean;
}

const NUMBER = ['<number>', 'as `brigade incident list` shows it'] as const;

export function define(command: Command, cli: Cli): void {
  command.addHelpText('after', '\ndocs/incidents.md tells what opens an incident, and how to read its report.');
  const list = command
    .command('list')
    .summary('incidents, open ones first')
    .description('List incidents, open ones first and the newest first among them.')
    .option('--open', 'only those that are not closed')
    .option('--limit <n>', 'at most so many (100)', wholeOption)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action((options: ListOptions) =>
      perform(list, cli, async (context) => (await import('../incident/look.ts')).listIncidents(context, options)),
    );
  const show = command
    .command('show')
    .summary('one incident: its alerts, its notes, who is involved')
    .description('Show an incident: its alerts, its notes, who is involved, and what those hold and wait for now.')
    .argument(...NUMBER)
    .action((number: string) =>
      perform(show, cli, async (context) => (await import('../incident/look.ts')).showIncident(context, number)),
    );
  const note = command
    .command('note')
    .summary('write down what you know of it')
    .description('Write down what you know of an incident, open or closed. It stands in the report, with your name.')
    .argument(...NUMBER)
    .argument('<text>', 'what you know, at most 4 KiB')
    .option('--operator', 'with authority, not as the agent of this shell')
    .action((number: string, text: string, { operator = false }: NoteOptions) =>
      perform(note, cli, async (context) =>
        (await import('../incident/word.ts')).noteIncident(context, { number, text, operator }),
      ),
    );
  const close = command
    .command('close')
    .summary('say that it is over')
    .description('Say that an incident is over. It closes by itself when its alerts have been closed for five minutes.')
    .argument(...NUMBER)
    .option('--reason <text>', 'why; the log and the report keep it', 'An operator closed it.')
    .option(...DRY_RUN)
    .addHelpText('after', '\nNeeds a terminal or BRIGADE_OPERATOR_TOKEN.')
    .action((number: string, { reason, dryRun = false }: CloseOptions) =>
      perform(close, cli, async (context) =>
        (await import('../incident/word.ts')).closeIncident(context, { number, reason, dryRun }),
      ),
    );
  const report = command
    .command('report')
    .summary('what happened, why, and what it cost, proved from the log')
    .description('Write the report of an incident. It can be written while the incident lasts.')
    .argument(...NUMBER)
    .addOption(new Option('--format <format>', 'a document, or the same as data').choices(['md', 'json']))
    .option('--out <file>', 'write a file; it is there when it is complete (without it: stdout)')
    .option('--force', 'replace the file')
    .action((number: string, options: ReportOptions) =>
      perform(report, cli, async (context) =>
        (await import('../incident/report.ts')).reportIncident(context, number, options),
      ),
    );
}
