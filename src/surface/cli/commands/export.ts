import type { Command } from 'commander';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { EXPORT_FORMATS } from '../../answer/history-text.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import type { ExportOptions } from '../export/export-history.ts';
import { wholeOption } from '../parse/options.ts';

interface Options {
  readonly format?: ExportOptions['format'];
  readonly eisv?: boolean;
  readonly agent?: string;
  readonly from?: number;
  readonly to?: number;
  readonly out?: string;
  readonly force?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .addOption(
      command.createOption('--format <format>', 'the columns of a table, or every fact').choices(EXPORT_FORMATS),
    )
    .option('--eisv', 'check-ins of eisv-v1 in the columns of November 2025, imported ones first (csv)')
    .option('--agent <id>', 'only what concerns this agent')
    .option('--from <seq>', 'begin with this number of the log', wholeOption)
    .option('--to <seq>', 'end with this number of the log', wholeOption)
    .option('--out <file>', 'write a file; it is there when it is complete (without it: stdout)')
    .option('--force', 'replace the file')
    .addHelpText('after', HELP)
    .action((options: Options) =>
      perform(command, cli, async (context) => {
        const asked = readOptions(options, context.json);
        if (isRejection(asked)) return context.refuse(asked);
        return (await import('../export/export-history.ts')).exportHistory(context, asked);
      }),
    );
}

const HELP = `
Complete, up to what was the head when it began, and streamed. What agents write to
each other is left out unless an operator reads: a terminal (with --out) or
BRIGADE_OPERATOR_TOKEN. In CSV, text that a spreadsheet would run as a formula has
an apostrophe in front; ndjson and json have every text as it is.`;

function readOptions(options: Options, json: boolean): ExportOptions | Rejection {
  const { eisv = false, agent = null, from = 1, to = Number.MAX_SAFE_INTEGER, out = null, force = false } = options;
  const format = options.format ?? (json ? 'json' : eisv ? 'csv' : null);
  if (format === null) return usage('--format is missing.', `Add --format ${EXPORT_FORMATS.join(', --format ')}.`);
  if (eisv && format !== 'csv')
    return usage(`--eisv is a table, and ${format} is none.`, 'Use --eisv with --format csv.');
  if (from < 1 || to < from)
    return usage(`There is nothing from ${from} to ${to}.`, 'Numbers of the log begin with 1.');
  return { format, eisv, agentId: agent, from, to, out, force };
}

function usage(message: string, next: string): Rejection {
  return reject('INVALID_ARGUMENT', { message, next });
}
