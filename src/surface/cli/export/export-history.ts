// `brigade export`: the history of the fleet to stdout or to a file. A reader that takes nothing holds us back, and one that
// has gone ends us without a word.

import { constants } from 'node:os';
import { resolve } from 'node:path';
import { isRejection } from '../../../core/rejection.ts';
import { countedLong } from '../../../core/view/count-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { type HistoryOptions, historyText } from '../../answer/history-text.ts';
import { isOperator } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { progressNote } from '../text/progress-note.ts';
import { untilAsked } from '../watching.ts';
import { openOutFile } from './out-file.ts';

export interface ExportOptions extends Omit<HistoryOptions, 'withTexts' | 'signal'> {
  readonly out: string | null;
  readonly force: boolean;
}

interface Exported {
  readonly rows: number;
  readonly withheld: number;
}

export async function exportHistory(context: Context, options: ExportOptions): Promise<number> {
  const signal = untilAsked();
  const fleet = await context.look();
  const history = { ...options, withTexts: await isOperator(context, fleet), signal };
  return options.out === null
    ? toStdout(context, fleet, history)
    : toFile(context, fleet, history, resolve(context.cli.folder, options.out));
}

type Asked = ExportOptions & HistoryOptions;

async function toStdout(context: Context, fleet: SeenFleet, asked: Asked): Promise<number> {
  const { screen } = context.cli;
  const exported = await write(context, fleet, asked, (text) => screen.outSlowly(text));
  if (asked.signal.aborted) return interrupted(asked.signal);
  remarkWithheld(context, exported);
  return EXIT.done;
}

async function toFile(context: Context, fleet: SeenFleet, asked: Asked, path: string): Promise<number> {
  const mark = fleet.fleet.seatPorts.ids.newId();
  const file = await openOutFile(path, mark, asked.force);
  if (isRejection(file)) return context.refuse(file);
  let exported: Exported;
  try {
    exported = await write(context, fleet, asked, (text) => file.write(`${text}\n`));
  } catch (error) {
    await file.giveUp();
    throw error;
  }
  if (asked.signal.aborted) {
    await file.giveUp();
    return interrupted(asked.signal);
  }
  const refused = await file.finish();
  if (refused !== null) return context.refuse(refused);
  const { rows } = exported;
  const { format, eisv } = asked;
  context.tell({ file: path, format, eisv, rows }, ({ paint }) => [
    `${paint.good('Exported')} ${countedLong(rows, 'row')} to ${oneLine(path, 1_000)}.`,
  ]);
  remarkWithheld(context, exported);
  return EXIT.done;
}

async function write(
  context: Context,
  fleet: SeenFleet,
  asked: Asked,
  put: (text: string) => Promise<void>,
): Promise<Exported> {
  const progress = progressNote(context, fleet.clock, { besideResults: asked.out === null });
  let [rows, withheld] = [0, 0];
  try {
    for await (const part of historyText(fleet.coordinator, asked)) {
      if (part.lines !== '') await put(part.lines);
      rows += part.rows;
      withheld += part.withheld;
      progress.show(`exported ${rows.toLocaleString('en-GB')} rows, up to number ${part.seq}`);
    }
  } finally {
    progress.end();
  }
  return { rows, withheld };
}

function remarkWithheld(context: Context, { withheld }: Exported): void {
  if (withheld === 0) return;
  const what =
    withheld === 1 ? 'The text of 1 message is' : `The texts of ${withheld.toLocaleString('en-GB')} messages are`;
  context.remark(`${what} left out: an operator reads them, at a terminal with --out or with BRIGADE_OPERATOR_TOKEN.`);
}

/** As a shell tells it: 128 + the number of the signal. What is on stdout then is not the whole. */
function interrupted({ reason }: AbortSignal): number {
  return 128 + constants.signals[reason as NodeJS.Signals];
}
