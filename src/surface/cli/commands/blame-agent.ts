import { type Command, InvalidArgumentError } from 'commander';
import { clock } from '../../../compose.ts';
import { type BlameRange, blameFile } from '../blame/blame-file.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { parseMoment } from '../parse/moment.ts';
import { wholeOption } from '../parse/options.ts';

interface Options {
  readonly since?: number;
  readonly until?: number;
  readonly limit?: number;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<file>', 'one file; it need not exist any more')
    .option('--since <when>', 'only from then on: a time such as 2025-11-19T23:25, or how long ago (2h)', timeOption)
    .option('--until <when>', 'only up to then', timeOption)
    .option('--limit <n>', 'at most so many lines, the newest (50)', wholeOption)
    .addHelpText('after', HELP)
    .action((file: string, { since, until, limit = 50 }: Options) =>
      perform(command, cli, (context) => {
        const range: BlameRange = { sinceMs: since ?? null, untilMs: until ?? null };
        return blameFile(context, { file, range, limit: Math.max(1, limit) });
      }),
    );
}

const HELP = `
Newest last. Leases of folders, patterns and symbols that cover the file count, in every
worktree, and under every name that the file had. Edits are known where a hook told
them, a guard saw a commit, or \`brigade guard watch\` saw the file; commits from git.`;

function timeOption(text: string): number {
  const moment = parseMoment(text, clock.wallAt());
  if ('flaw' in moment) throw new InvalidArgumentError(`It ${moment.flaw}.`);
  if (!('wallAt' in moment)) throw new InvalidArgumentError('Say a time or how long ago, no number of an event.');
  return Date.parse(moment.wallAt);
}
