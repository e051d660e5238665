// `alerts`: what is wrong now; `alerts ack`, `unack` and `silence`: an operator looks after one, takes that back, or wants to hear no
// more of it; `alerts hooks`: who is told of it outside the fleet.

import type { Command } from 'commander';
import type { AcknowledgeAlertCommand, SilenceAlertCommand } from '../../../core/command.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { AlertView } from '../../../core/view/views.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import { defineHooks } from '../alerts/define-hooks.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { act, DRY_RUN } from '../operator-act.ts';
import { durationOption, wholeOption } from '../parse/options.ts';
import { alertsText, NO_ALERTS } from '../text/alerts-text.ts';

interface ListOptions {
  readonly all?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

interface WordOptions {
  readonly note?: string;
  readonly for?: number;
  readonly dryRun?: boolean;
}

type Word =
  | Omit<AcknowledgeAlertCommand, 'by' | 'requestId' | 'bodyHash'>
  | Omit<SilenceAlertCommand, 'by' | 'requestId' | 'bodyHash'>;

export function define(command: Command, cli: Cli): void {
  command
    .option('--all', 'also those that have closed')
    .option('--limit <n>', 'at most so many (100)', wholeOption)
    .option('--cursor <cursor>', 'go on where a page ended')
    .addHelpText('after', HELP)
    .action((options: ListOptions) => perform(command, cli, async (context) => listAlerts(context, options)));
  const ack = command
    .command('ack')
    .summary('say that you look after an alert')
    .description('Say that you look after an alert: it is not told again while it is open.')
    .argument('<alert>', 'its number', wholeOption)
    .option('--note <text>', 'what you know or do')
    .option(...DRY_RUN)
    .action((alert: number, { note = '', dryRun = false }: WordOptions) =>
      perform(ack, cli, async (context) => say(context, { op: 'acknowledge_alert', alert, note, dryRun })),
    );
  const unack = command
    .command('unack')
    .summary('say that nobody looks after an alert any more')
    .description('Take back that an alert is looked after: while it is open it is told again.')
    .argument('<alert>', 'its number', wholeOption)
    .option('--note <text>', 'why')
    .option(...DRY_RUN)
    .action((alert: number, { note = '', dryRun = false }: WordOptions) =>
      perform(unack, cli, async (context) => say(context, { op: 'unacknowledge_alert', alert, note, dryRun })),
    );
  const silence = command
    .command('silence')
    .summary('hear nothing of its cause for a while')
    .description('Hear nothing of an alert and its cause for a while, not even when it closes and comes back.')
    .argument('<alert>', 'its number', wholeOption)
    .requiredOption('--for <duration>', 'for how long, up to 7d; 0 lifts a silence', durationOption)
    .option('--note <text>', 'why')
    .option(...DRY_RUN)
    .action((alert: number, { note = '', for: forMs = 0, dryRun = false }: WordOptions) =>
      perform(silence, cli, async (context) => say(context, { op: 'silence_alert', alert, forMs, note, dryRun })),
    );
  defineHooks(command, cli);
  // Alone among commands with others below it, it does something itself.
  addCommonOptions(command);
}

const HELP = `
Open ones, the gravest first. Exit code 1 while a critical one is open.
ack, unack and silence need a terminal or BRIGADE_OPERATOR_TOKEN. What each alert means
and what to do about it: docs/operations.md.`;

async function listAlerts(context: Context, { all = false, limit, cursor }: ListOptions): Promise<number> {
  const fleet = await context.look();
  const {
    items,
    cursor: next,
    total,
  } = await fleet.coordinator.view({
    kind: 'alerts',
    closed: all,
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const alerts = seenFrom(fleet.worktree.id).data(items);
  context.tell({ alerts, cursor: next, total }, (look) => {
    if (items.length === 0) return all ? ['No alert was told yet.'] : NO_ALERTS;
    const more = next === null ? [] : [look.paint.faint(`${items.length} of ${total}; go on with --cursor '${next}'`)];
    const full = !all && total >= LIMITS.alertsOpen ? [FULL] : [];
    return [...alertsText(items, look), ...more, ...full];
  });
  return items.some((alert) => isOpen(alert) && alert.severity === 'critical') ? EXIT.fault : EXIT.done;
}

const FULL = `${LIMITS.alertsOpen} alerts are open, the most there may be: no more are told until some have closed.`;

function isOpen({ closed }: AlertView): boolean {
  return closed === null;
}

async function say(context: Context, word: Word): Promise<number> {
  const { alert } = word;
  return act(context, await context.enter(), word, (answer) =>
    answer.op === 'done'
      ? {
          document: { alert, changed: answer.changed },
          lines: () => [SENTENCES[word.op](alert)[answer.changed ? 'changed' : 'same']],
        }
      : null,
  );
}

const SENTENCES: Readonly<Record<Word['op'], (alert: number) => { readonly changed: string; readonly same: string }>> =
  {
    acknowledge_alert: (alert) => ({
      changed: `You look after alert ${alert}.`,
      same: `Somebody looks after alert ${alert} already.`,
    }),
    unacknowledge_alert: (alert) => ({
      changed: `Nobody looks after alert ${alert} any more; it is told again as before.`,
      same: `Nobody looked after alert ${alert}.`,
    }),
    silence_alert: (alert) => ({
      changed: `Alert ${alert} is as silent as you said.`,
      same: `Alert ${alert} was not silenced.`,
    }),
  };
