// Alerts as a person reads them: how grave and how long, what is wrong, and below it what to do and who looks after it.

import { timesText } from '../../../core/view/count-text.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { AlertView } from '../../../core/view/views.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import type { Look, Paint } from '../output/screen.ts';

const LENGTH = 1_200;

export const NO_ALERTS = ['No alert is open.'];

export function alertsText(alerts: readonly AlertView[], look: Look): readonly string[] {
  return alerts.flatMap((alert) => alertLines(alert, look));
}

function alertLines(alert: AlertView, { paint, reader }: Look): readonly string[] {
  const seen = (text: string): string => seenFrom(reader ?? '').text(oneLine(text, LENGTH));
  const rest = restOf(alert);
  return [
    `${gravity(alert, paint)}  ${paint.strong(`alert ${alert.alert}`)}  ${alert.code}  ${paint.faint(agesOf(alert))}`,
    `    ${seen(alert.text)}`,
    ...(alert.closed === null ? [`    ${paint.faint(seen(alert.next))}`] : [`    Over: ${seen(alert.closed.why)}`]),
    ...rest.map((line) => `    ${paint.faint(line)}`),
  ];
}

function gravity({ severity, closed }: AlertView, paint: Paint): string {
  const word = (closed === null ? severity : 'closed').padEnd('critical'.length);
  if (closed !== null) return paint.faint(word);
  return severity === 'critical' ? paint.bad(word) : severity === 'warning' ? paint.warn(word) : word;
}

function agesOf({ openForMs, told, incident, closed }: AlertView): string {
  const lasted = closed === null ? `for ${durationText(openForMs)}` : `it lasted ${durationText(openForMs)}`;
  const often = told > 1 ? [`told ${timesText(told)}`] : [];
  return [lasted, ...often, ...(incident === null ? [] : [`incident ${incident}`])].join(', ');
}

function restOf({ acknowledged, silenced, closed }: AlertView): readonly string[] {
  if (closed !== null) return [];
  const lines: string[] = [];
  if (acknowledged !== null)
    lines.push(`${oneLine(acknowledged.by)} looks after it${noted(acknowledged.note)} (since ${acknowledged.at}).`);
  if (silenced !== null)
    lines.push(`Silenced by ${oneLine(silenced.by)} for ${durationText(silenced.forMs)} more${noted(silenced.note)}.`);
  return lines;
}

function noted(note: string): string {
  return note === '' ? '' : `: ${oneLine(note, LENGTH)}`;
}
