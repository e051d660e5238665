// Incidents for a person: a list, and one of them on a screen.

import type { IncidentLine } from '../../../core/view/incident-views.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { resourceText } from '../../../core/view/resource-text.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import type { SpokenIncident } from '../../answer/spoken-incidents.ts';
import type { Look } from '../output/screen.ts';
import { type Column, tableLines } from '../output/table.ts';
import { ageText } from './age-text.ts';

/** What a newcomer can do, where there is nothing to show. */
export const NO_INCIDENTS = [
  'There was no incident.',
  'One opens by itself when agents stand still; `brigade drill` rehearses some.',
];

export function incidentsText(incidents: readonly IncidentLine[], look: Look): readonly string[] {
  return tableLines(columnsFor(look), incidents, { width: look.width, title: look.paint.title });
}

function columnsFor({ paint, reader }: Look): readonly Column<IncidentLine>[] {
  return [
    { title: 'NO', text: ({ incident }) => String(incident), align: 'right', paint: paint.strong },
    {
      title: 'STATE',
      text: ({ state }) => state,
      paint: (text, { state }) =>
        state === 'open' ? paint.bad(text) : state === 'quiet' ? paint.warn(text) : paint.faint(text),
    },
    { title: 'SEVERITY', text: ({ severity }) => severity, leaveOut: 2 },
    { title: 'OPENED', text: ({ openedAt }) => utc(openedAt), leaveOut: 3 },
    { title: 'LASTED', text: ({ lastedMs }) => ageText(lastedMs), align: 'right' },
    { title: 'ALERTS', text: ({ alerts }) => String(alerts), align: 'right', leaveOut: 4 },
    { title: 'NOTES', text: ({ notes }) => (notes === 0 ? '' : String(notes)), align: 'right', leaveOut: 5 },
    { title: 'WHAT', text: ({ title }) => seenBy(reader, title), cut: 'end', least: 30 },
  ];
}

export function incidentLines(document: SpokenIncident, look: Look): readonly string[] {
  const { incident: line, alerts, notes, agents } = document;
  const { paint, reader } = look;
  return [
    `${paint.title(`Incident ${line.incident}`)} ${seenBy(reader, line.title)}`,
    `  ${stateText(line)}`,
    ...others(line),
    '',
    paint.title('ALERTS'),
    ...alerts.map(
      ({ alert, code, severity, text, closed }) =>
        `  ${alert} ${closed === null ? paint.bad(severity) : paint.faint('over')} ${code}: ${seenBy(reader, text)}`,
    ),
    ...(line.openAlerts === 0
      ? []
      : alerts
          .filter(({ closed }) => closed === null)
          .map(({ next }) => `  ${paint.warn('do')} ${seenBy(reader, next)}`)),
    '',
    paint.title('WHO'),
    ...(agents.length === 0 ? ['  nobody is named'] : agents.map((agent) => `  ${agentText(agent)}`)),
    ...claimLines(document, look),
    ...(notes.length === 0 ? [] : ['', paint.title('NOTES')]),
    ...notes.flatMap(({ at, by, text }) => [`  ${oneLine(by)}, ${utc(at)}: ${oneLine(text, 1_000)}`]),
    '',
    paint.faint(`The whole story: brigade incident report ${line.incident}`),
  ];
}

function stateText({ state, severity, openedAt, lastedMs, closed }: IncidentLine): string {
  const opened = `${severity}, opened ${utc(openedAt)} UTC`;
  if (closed === null) return `${state}, ${opened}, ${ageText(lastedMs)} ago`;
  const how = closed.how === 'quiet' ? 'by itself' : `by ${oneLine(closed.by)}`;
  return `closed ${how} after ${ageText(lastedMs)}, ${opened}: ${oneLine(closed.text)}`;
}

function others({ earlier, beside }: IncidentLine): readonly string[] {
  return [
    ...(earlier === null ? [] : [`  after incident ${earlier}, with the same agents or resources`]),
    ...(beside.length === 0 ? [] : [`  connected by an alert with incident ${beside.join(', ')}`]),
  ];
}

function agentText({ agentId, client, lifecycle, sessions }: SpokenIncident['agents'][number]): string {
  const [session] = sessions;
  const is = lifecycle === 'active' ? '' : `, ${lifecycle}`;
  if (session === undefined) return `${oneLine(agentId)} (${oneLine(client, 64)}${is})`;
  const processes = session.processes.map(
    ({ kind, pid, host }) => `${kind} ${pid}${host === '' ? '' : ` on ${oneLine(host, 64)}`}`,
  );
  const where = processes.length === 0 ? session.transport : processes.join(', ');
  const stands = session.state === 'live' ? session.alive : session.state;
  return `${oneLine(agentId)} (${oneLine(client, 64)}${is}): ${where}, ${stands}, idle ${ageText(session.idleForMs)}`;
}

function claimLines({ locks, waits }: SpokenIncident, { paint, reader }: Look): readonly string[] {
  return [
    '',
    paint.title('NOW'),
    ...(locks.length + waits.length === 0 ? ['  nobody holds or waits for what it is about'] : []),
    ...locks.map(
      ({ agentId, resource, token, heldForMs }) =>
        `  ${oneLine(agentId)} holds ${resourceText(resource, reader)} (token ${token}) for ${ageText(heldForMs)}`,
    ),
    ...waits.map(
      ({ agentId, resources, waitedMs }) =>
        `  ${oneLine(agentId)} waits for ${resources.map((each) => resourceText(each, reader)).join(', ')} for ${ageText(waitedMs)}`,
    ),
  ];
}

/** A sentence with stored names in it, as its reader sees them. */
function seenBy(reader: string | null, text: string): string {
  return seenFrom(reader ?? '').text(oneLine(text, LENGTH));
}

const LENGTH = 1_200;

function utc(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}
