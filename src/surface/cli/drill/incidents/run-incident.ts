// One incident, as the command line runs it: told live, and judged.

import { join, resolve } from 'node:path';
import { clock, ids } from '../../../../compose.ts';
import { reportMarkdown } from '../../../../core/incident/report/markdown.ts';
import type { IncidentReport } from '../../../../core/incident/report/report.ts';
import { isRejection, type Rejection } from '../../../../core/rejection.ts';
import { shellWord } from '../../../../core/view/shell-word.ts';
import type { Context } from '../../context.ts';
import { type OutFile, openOutFile } from '../../export/out-file.ts';
import { type Asked, type Outcome, type PageAsked, widthFor } from '../asked.ts';
import { askedName } from '../cast.ts';
import { boardOnTerminal, type LiveScreen, linesOnStderr, linesOnStdout } from '../screen/live-screen.ts';
import type { Incident } from './incident.ts';
import { actorOf, namesOf } from './names.ts';
import { type DrillOutcome, type IncidentRecord, outcomeOf } from './outcome.ts';
import { outcomeLines } from './outcome-text.ts';
import { rehearseIncident } from './rehearse-incident.ts';

/** Null when it was ended early. */
export async function runIncident(
  context: Context,
  incident: Incident,
  asked: Asked,
): Promise<Outcome | Rejection | null> {
  const { folder } = context.cli;
  const out = asked.report === null ? null : await openOutFile(resolve(folder, asked.report), ids.newId(), false);
  if (isRejection(out)) return out;
  const live = liveScreen(context, incident, asked);
  let isWritten = false;
  try {
    const { page } = asked;
    const onRecord = page === null ? null : (record: IncidentRecord) => lookAtThePage(context, live, { page, record });
    const rehearsed = await rehearseIncident({ ...asked, incident, audience: live, onRecord });
    live.close();
    if (rehearsed === null || isRejection(rehearsed)) return rehearsed;
    const { result: record, folder: kept } = rehearsed;
    const outcome = outcomeOf(record);
    if (page === null) tellOutcome(context, outcome);
    if (out !== null && record.reports.length > 0) {
      isWritten = true;
      const refused = await writeReports(out, record.reports);
      if (refused !== null) return refused;
    }
    context.remark(...whereReportIs(record.reports, { written: isWritten ? (out?.path ?? null) : null, kept }));
    return { ok: outcome.ok, folder: kept };
  } finally {
    live.close();
    if (!isWritten) await out?.giveUp();
  }
}

function tellOutcome(context: Context, outcome: DrillOutcome): void {
  context.tell(outcome, ({ width, paint }) => outcomeLines(outcome, { width: widthFor(width), paint }));
}

/** The score is told while the page is still there to be read. */
async function lookAtThePage(
  context: Context,
  live: LiveScreen,
  { page, record }: { readonly page: PageAsked; readonly record: IncidentRecord },
): Promise<void> {
  live.close();
  tellOutcome(context, outcomeOf(record));
  context.remark('The page stays until Ctrl-C: the incident, its report, and every moment of the drill are in it.');
  await page.seen();
}

function liveScreen({ cli, json }: Context, { asks }: Incident, { agents }: Asked): LiveScreen {
  if (json) return linesOnStderr(cli.screen);
  if (!cli.screen.isTerminal) return linesOnStdout(cli.screen);
  const seats = (asks?.(agents) ?? namesOf(agents)).map((each, index) => {
    return { name: askedName(actorOf(index, each)), quota: 0, comesLater: false };
  });
  return boardOnTerminal(cli.screen, process.stdout, { seats, nowMs: () => clock.monotonicMs() });
}

async function writeReports(out: OutFile, reports: readonly IncidentReport[]): Promise<Rejection | null> {
  await out.write(reports.map((report) => reportMarkdown(report)).join('\n'));
  return out.finish();
}

function whereReportIs(
  reports: readonly IncidentReport[],
  { written, kept }: { readonly written: string | null; readonly kept: string | null },
): readonly string[] {
  const [first] = reports;
  if (first === undefined) return ['The fleet opened no incident for this, so there is no report of one.'];
  if (written !== null) return [`Its report: ${written}`];
  if (kept === null) return ['Its report is written with --report FILE, or stays in the fleet with --keep.'];
  return [
    `Its report: XDG_STATE_HOME=${shellWord(join(kept, 'state'))} brigade incident report ${first.incident} --root ${shellWord(join(kept, 'workspace'))}`,
  ];
}
