// One incident, as the command line runs it: told live, and judged.

import { isRejection, type Rejection } from '../../../../core/rejection.ts';
import type { Context } from '../../context.ts';
import { type Asked, type Outcome, widthFor } from '../asked.ts';
import { linesOnStderr, linesOnStdout } from '../screen/live-screen.ts';
import type { Incident } from './incident.ts';
import { incidentReportOf } from './incident-report.ts';
import { incidentLines } from './incident-text.ts';
import { rehearseIncident } from './rehearse-incident.ts';

/** Null when it was ended early. */
export async function runIncident(
  context: Context,
  incident: Incident,
  asked: Asked,
): Promise<Outcome | Rejection | null> {
  const { screen } = context.cli;
  const audience = context.json ? linesOnStderr(screen) : linesOnStdout(screen);
  const rehearsed = await rehearseIncident({ ...asked, incident, audience });
  if (rehearsed === null || isRejection(rehearsed)) return rehearsed;
  const report = incidentReportOf(rehearsed.result);
  context.tell(report, ({ width, paint }) => incidentLines(report, { width: widthFor(width), paint }));
  return { ok: report.ok, folder: rehearsed.folder };
}
