import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isRejection, reject } from '../../../core/rejection.ts';
import { operatorOf } from '../authority.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { importFolder } from '../import/import-folder.ts';
import { isTimezone, ownTimezone } from '../import/local-time.ts';
import { ImportStopped } from '../import/refusals.ts';
import { totalsOf } from '../import/report.ts';
import { reportText } from '../import/report-text.ts';
import { progressNote } from '../text/progress-note.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly timezone?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<dir>', 'with agent_metadata.json and governance_history_<id>.csv, as in November 2025')
    .option('--dry-run', 'say what would be taken, and write nothing')
    .option('--timezone <name>', "of times without one, as Europe/Berlin (this machine's)")
    .addHelpText('after', HELP)
    .action((dir: string, options: Options) =>
      perform(command, cli, (context) => importDir(context, resolve(cli.folder, dir), options)),
    );
}

const HELP = `
Every field of every record is kept as it was found. Says of each record and each
line what became of it; exit code 1 when something was refused. Safe to run again:
what is known is not taken twice.
Needs a terminal or BRIGADE_OPERATOR_TOKEN.`;

async function importDir(context: Context, folder: string, options: Options): Promise<number> {
  const { dryRun = false, timezone = ownTimezone() } = options;
  if (!isTimezone(timezone)) return context.refuse(noTimezone(timezone));
  const fleet = dryRun ? await context.look() : await context.enter();
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return context.refuse(by);
  if (!dryRun) {
    const fleetId = await fleet.fleet.seatPorts.found();
    if (isRejection(fleetId)) return context.refuse(fleetId);
  }
  const progress = progressNote(context, fleet.clock, { besideResults: false });
  try {
    const report = await importFolder(fleet, by, { folder, dryRun, timezone, progress: progress.show });
    progress.end();
    if (isRejection(report)) return context.refuse(report);
    const totals = totalsOf(report);
    context.tell({ ...report, totals }, (look) => reportText(report, look));
    return totals.refused === 0 ? EXIT.done : EXIT.fault;
  } catch (error) {
    progress.end();
    if (error instanceof ImportStopped) return context.refuse(error.rejection);
    throw error;
  }
}

function noTimezone(name: string) {
  return reject('INVALID_ARGUMENT', {
    message: `${JSON.stringify(name.slice(0, 80))} is no time zone.`,
    next: 'Name it as Europe/Berlin, America/New_York or UTC.',
  });
}
