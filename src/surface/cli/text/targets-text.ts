// Targets of alerts as a table: where each is, how it goes, and whether this host may send to it.

import type { DeadLetterView, TargetView } from '../../../core/view/delivery-views.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Look } from '../output/screen.ts';
import { type Column, tableLines } from '../output/table.ts';
import { ageText } from './age-text.ts';

/** A target, and what stands against sending to it from here; null when nothing does. */
export interface ShownTarget extends TargetView {
  readonly standsAgainst: string | null;
}

export const NO_TARGETS = [
  'Nobody is told of alerts outside the fleet.',
  'Name a target under alerts.deliver of .brigade/policy.json (docs/alerts-delivery.md), and adopt it: brigade policy apply.',
];

export function targetsText(
  targets: readonly ShownTarget[],
  dead: readonly DeadLetterView[],
  look: Look,
): readonly string[] {
  const size = { width: look.width, title: look.paint.title };
  const notes = targets.flatMap(({ name, standsAgainst, disabled }) => [
    ...(disabled === null
      ? []
      : [`${name} wants nothing more (${oneLine(disabled.detail)}): brigade alerts hook ${name} --retry.`]),
    ...(standsAgainst === null ? [] : [`${name}: ${standsAgainst}`]),
  ]);
  const table = tableLines(targetColumns(look), targets, size);
  const given = dead.length === 0 ? [] : ['', 'Given up:', ...tableLines(deadColumns(look), dead, size)];
  return [...table, ...(notes.length === 0 ? [] : ['', ...notes.map(look.paint.warn)]), ...given];
}

function targetColumns({ paint }: Look): readonly Column<ShownTarget>[] {
  return [
    { title: 'TARGET', text: ({ name }) => oneLine(name), paint: paint.strong },
    {
      title: 'STATE',
      text: stateText,
      paint: (text, { state }) => (state === 'working' ? paint.good : paint.bad)(text),
    },
    { title: 'WAITING', text: ({ waiting }) => String(waiting), align: 'right' },
    { title: 'NEXT', text: ({ nextInMs }) => (nextInMs === null ? '' : `in ${ageText(nextInMs)}`), align: 'right' },
    { title: 'DELIVERED', text: ({ delivered }) => String(delivered), align: 'right' },
    { title: 'GIVEN UP', text: ({ dead }) => String(dead), align: 'right' },
    { title: 'WHERE', text: ({ kind, host }) => host ?? kind, cut: 'middle', leaveOut: 1 },
    {
      title: 'LAST FAULT',
      text: ({ lastFault }) => (lastFault === null ? '' : oneLine(lastFault.detail)),
      cut: 'end',
      leaveOut: 2,
      paint: paint.faint,
    },
  ];
}

function stateText({ state, standsAgainst }: ShownTarget): string {
  return state === 'working' && standsAgainst !== null ? 'not from here' : state;
}

function deadColumns({ paint }: Look): readonly Column<DeadLetterView>[] {
  return [
    { title: 'NUMBER', text: ({ number }) => String(number), align: 'right' },
    { title: 'TARGET', text: ({ target }) => oneLine(target), paint: paint.strong },
    { title: 'ABOUT', text: ({ subject }) => oneLine(subject) },
    { title: 'CODE', text: ({ code }) => code },
    { title: 'TRIES', text: ({ attempts }) => String(attempts), align: 'right' },
    { title: 'SINCE', text: ({ at }) => at, leaveOut: 1 },
    { title: 'WHY', text: ({ detail }) => oneLine(detail), cut: 'end', leaveOut: 2, paint: paint.faint },
  ];
}
