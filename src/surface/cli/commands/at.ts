// `at`: what another command would have shown then. The command runs as it always does, on views of that moment.

import type { Command } from 'commander';
import { clock } from '../../../compose.ts';
import { reject } from '../../../core/rejection.ts';
import type { Cli } from '../cli.ts';
import { commonOptionsOf } from '../common-options.ts';
import { type Context, perform } from '../context.ts';
import { parseMoment } from '../parse/moment.ts';
import { runProgram } from '../program.ts';

/** Commands that only show what a view has, and so have a past. */
const VIEWS = ['status', 'locks', 'agents', 'waits', 'alerts', 'incident', 'diagnose'];

export function define(command: Command, cli: Cli): void {
  command
    .argument('<when>', 'the number of an event, a time, or how long ago: 4711, 2025-11-19T23:25, 10m')
    .argument('<view...>', `${VIEWS.join(', ')}, with their own options`)
    .passThroughOptions()
    .allowUnknownOption()
    .addHelpText('after', HELP)
    .action((when: string, words: readonly string[]) => {
      const [view = '', ...args] = words[0] === 'ago' ? words.slice(1) : words;
      return perform(command, cli, (context) => lookBack(context, { when, view, args, before: beforeOf(command) }));
    });
}

const HELP = `
A time without a zone is one of this machine's own zone; the first line of the answer
says which moment was meant. As of a number or a time, the last event up to there counts.
Of processes only what was logged is known: a session that was live then counts as there.`;

interface Asked {
  readonly when: string;
  readonly view: string;
  readonly args: readonly string[];
  /** Options for every command that stood before the view. */
  readonly before: readonly string[];
}

async function lookBack(context: Context, { when, view, args, before }: Asked): Promise<number> {
  const moment = parseMoment(when, clock.wallAt());
  if ('flaw' in moment)
    return context.refuse(
      reject('INVALID_ARGUMENT', {
        message: `"${when.slice(0, 40)}" ${moment.flaw}.`,
        next: 'Say for example `brigade at 10m locks`.',
        details: { path: 'when' },
      }),
    );
  if (!VIEWS.includes(view))
    return context.refuse(
      reject('INVALID_ARGUMENT', {
        message: `${JSON.stringify(view.slice(0, 40))} has no past.`,
        next: `Look back with ${VIEWS.join(', ')}.`,
        details: { path: 'view' },
      }),
    );
  return runProgram([view, ...args, ...before], { ...context.cli, moment });
}

/** The options again, as they were given. */
function beforeOf(command: Command): readonly string[] {
  const { json, flags } = commonOptionsOf(command);
  const given = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value],
  );
  return [...given, ...(json ? ['--json'] : [])];
}
