// `incident report`: to stdout, or to a file that is there whole or not at all.

import { resolve } from 'node:path';
import { incidentReport } from '../../../app/incident/incident-report.ts';
import { reportMarkdown } from '../../../core/incident/report/markdown.ts';
import type { IncidentReport } from '../../../core/incident/report/report.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import { foundIncident, incidentNumber } from '../../answer/spoken-incidents.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { openOutFile } from '../export/out-file.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { untilAsked } from '../watching.ts';

interface ReportOptions {
  readonly format?: 'md' | 'json';
  readonly out?: string;
  readonly force?: boolean;
}

export async function reportIncident(context: Context, number: string, options: ReportOptions): Promise<number> {
  const incident = incidentNumber(number);
  if (isRejection(incident)) return context.refuse(incident);
  const signal = untilAsked();
  const fleet = await context.look();
  const made = await incidentReport(fleet.coordinator, { incident, clock: fleet.clock, signal });
  const report = foundIncident(made, incident);
  if (isRejection(report)) return context.refuse(report);
  const format = options.format ?? (context.json && options.out === undefined ? 'json' : 'md');
  const text = format === 'md' ? reportMarkdown(report).trimEnd() : JSON.stringify(report, null, 2);
  if (options.out !== undefined) return toFile(context, fleet, { ...options, out: options.out, report, format, text });
  // With --json the document is one JSON document, whatever its own format.
  context.tell(format === 'md' ? { incident, format, markdown: `${text}\n` } : report, () => [text]);
  return EXIT.done;
}

interface Written {
  readonly report: IncidentReport;
  readonly format: 'md' | 'json';
  readonly text: string;
  readonly out: string;
  readonly force?: boolean;
}

async function toFile(context: Context, fleet: SeenFleet, asked: Written): Promise<number> {
  const { report, format, text, out, force = false } = asked;
  const path = resolve(context.cli.folder, out);
  const refused = await write(fleet, path, `${text}\n`, force);
  if (refused !== null) return context.refuse(refused);
  context.tell({ incident: report.incident, file: path, format }, ({ paint }) => [
    `${paint.good('Wrote')} the report of incident ${report.incident} to ${path}.`,
  ]);
  return EXIT.done;
}

async function write(fleet: SeenFleet, path: string, text: string, force: boolean): Promise<Rejection | null> {
  const file = await openOutFile(path, fleet.fleet.seatPorts.ids.newId(), force);
  if (isRejection(file)) return file;
  try {
    await file.write(text);
  } catch (error) {
    await file.giveUp();
    throw error;
  }
  return file.finish();
}
