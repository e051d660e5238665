// The processes of a host as a table, and below it what a person should know about some of them.

import type { HostProcess, HostProcesses } from '../../../app/host-processes.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Look } from '../output/screen.ts';
import { type Column, tableLines } from '../output/table.ts';
import { ageText } from './age-text.ts';

const NO_PROCESSES = [
  'No Brigade process is at work in this fleet.',
  'They come with your clients: each starts `brigade mcp` for itself, or asks `brigade serve`.',
];

export function processesText({ rows, why }: HostProcesses, look: Look): readonly string[] {
  const { paint, width } = look;
  const remarks = [...whyLines(why, rows), ...rows.flatMap((row) => remarksOn(row)), ...directLines(rows)];
  const table = rows.length === 0 ? NO_PROCESSES : tableLines(columnsFor(look), rows, { width, title: paint.title });
  return remarks.length === 0 ? table : [...table, '', ...remarks];
}

function columnsFor({ paint }: Look): readonly Column<HostProcess>[] {
  return [
    { title: 'PID', text: ({ pid }) => String(pid), align: 'right', paint: paint.strong },
    { title: 'ROLE', text: ({ role }) => (role === 'unknown' ? '?' : role) },
    { title: 'KIND', text: ({ kind }) => oneLine(kind, 20), leaveOut: 3 },
    { title: 'AGENT', text: agentsText, cut: 'middle', least: 12 },
    { title: 'STATE', text: stateText, paint: (text, row) => (isWell(row) ? text : paint.warn(text)) },
    { title: 'SINCE', text: ({ connectedForMs }) => ageOrNone(connectedForMs), align: 'right', leaveOut: 2 },
    { title: 'IDLE', text: ({ idleForMs }) => ageOrNone(idleForMs), align: 'right', leaveOut: 1 },
    { title: 'CALLS', text: ({ calls }) => (calls === null || calls === 0 ? '-' : String(calls)), align: 'right' },
    { title: 'CLIENT', text: ({ client }) => oneLine(client ?? '-', 40), cut: 'middle', least: 10, leaveOut: 4 },
    { title: 'STARTED BY', text: starterText, cut: 'end', least: 12, leaveOut: 5, paint: paint.faint },
    { title: 'VERSION', text: ({ version }) => oneLine(version ?? '-', 20), leaveOut: 6, paint: paint.faint },
  ];
}

function agentsText({ agents }: HostProcess): string {
  const [first, ...more] = agents;
  if (first === undefined) return '-';
  return more.length === 0 ? oneLine(first) : `${oneLine(first)} +${more.length}`;
}

function isWell({ state, orphan }: HostProcess): boolean {
  return state === 'alive' && !orphan;
}

function stateText({ state, orphan }: HostProcess): string {
  return orphan ? `${state}, orphan` : state;
}

function starterText({ startedBy }: HostProcess): string {
  if (startedBy === null) return '-';
  return `${oneLine(startedBy.name, 30)} ${startedBy.pid}`;
}

function ageOrNone(ms: number | null): string {
  return ms === null ? '-' : ageText(ms);
}

function remarksOn({ pid, state, orphanBecause }: HostProcess): readonly string[] {
  return [
    ...(orphanBecause === null ? [] : [`${pid} is an orphan: ${oneLine(orphanBecause, 200)}.`]),
    ...(state === 'stopped' ? [`${pid} is stopped: kill -CONT ${pid} lets it go on.`] : []),
  ];
}

/** Said only where somebody could think that it is wrong. */
function directLines(rows: readonly HostProcess[]): readonly string[] {
  const isMixed = rows.some(({ role }) => role === 'desk') && rows.some(({ role }) => role === 'direct');
  return isMixed ? ['Who is direct writes the log without the desk: as correct, only slower.'] : [];
}

function whyLines(why: HostProcesses['why'], rows: readonly HostProcess[]): readonly string[] {
  if (why === null && rows.some(({ role }) => role === 'unknown'))
    return ['Who is at the desk is not known here: this command was told not to ask (--desk off).'];
  if (why === null) return [];
  return [`Who is at the desk is not known here. ${oneLine(why.message, 300)} See \`brigade doctor\`.`];
}
