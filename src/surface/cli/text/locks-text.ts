// Locks as a table: the resource, who holds it and how long already, how long it lasts without further activity, and who
// is next. Under a lock whose holder was asked to let go, the newest such request.

import { oneLine } from '../../../core/view/one-line.ts';
import { resourceText } from '../../../core/view/resource-text.ts';
import type { LockView } from '../../../core/view/views.ts';
import { askText } from '../../answer/spoken-messages.ts';
import type { Look } from '../output/screen.ts';
import { type Column, makeTable } from '../output/table.ts';
import { cutEnd } from '../output/text-width.ts';
import { ageText } from './age-text.ts';
import { paintPresence, withPresence } from './presence-text.ts';

export function locksText(locks: readonly LockView[], look: Look): readonly string[] {
  const { lines, leftOut } = makeTable(columnsFor(look), locks, { width: look.width, title: look.paint.title });
  const [titles = '', ...rows] = lines;
  const body = rows.flatMap((row, i) => [row, ...askLines(locks[i], look)]);
  return [titles, ...body, ...(leftOut.includes(FENCE) ? [fenceLine(locks, look)] : [])];
}

function askLines(lock: LockView | undefined, { paint, width }: Look): readonly string[] {
  const [ask] = lock?.asks ?? [];
  if (ask === undefined) return [];
  const text = cutEnd(`  ${askText({ ...ask, agoMs: Math.floor(ask.agoMs / 1_000) * 1_000 })}`, width);
  return [ask.answered === null ? paint.warn(text) : paint.faint(text)];
}

const FENCE = 'FENCE';

/** What is guarded is always told, also where there is no room for the column. */
function fenceLine(locks: readonly LockView[], { paint, reader, width }: Look): string {
  const guarded = locks.filter((lock) => lock.guarded).map((lock) => resourceText(lock.resource, reader));
  const text = guarded.length === 0 ? 'all advisory' : `guarded: ${guarded.join(', ')}; the rest advisory`;
  return paint.faint(cutEnd(text, width));
}

/** What a newcomer can do, where there is nothing to show. */
export const NO_LOCKS = [
  'Nobody holds anything.',
  'Take a lock with `brigade acquire src/a.ts`, or hold one while a command runs: `brigade run --lock src/a.ts -- npm test`.',
];

function columnsFor({ paint, reader }: Look): readonly Column<LockView>[] {
  return [
    {
      title: 'RESOURCE',
      text: (lock) => resourceText(lock.resource, reader),
      cut: 'middle',
      least: 26,
      paint: paint.strong,
    },
    {
      title: 'HOLDER',
      text: holderText,
      cut: 'middle',
      least: 22,
      paint: (text, lock) => paintPresence(paint, lock.alive)(text),
    },
    { title: 'TOKEN', text: (lock) => (lock.token === null ? '' : String(lock.token)), align: 'right' },
    { title: 'HELD', text: (lock) => span(lock.heldForMs), align: 'right' },
    { title: 'IDLE', text: (lock) => span(lock.idleForMs), align: 'right', leaveOut: 4 },
    { title: 'LEFT', text: (lock) => span(lock.expiresInMs), align: 'right', leaveOut: 3 },
    { title: 'NEXT', text: nextText, cut: 'middle', paint: paint.warn },
    { title: FENCE, text: (lock) => (lock.guarded ? 'guarded' : 'advisory'), leaveOut: 2, paint: paint.faint },
    { title: 'REASON', text: (lock) => oneLine(lock.reason), cut: 'end', leaveOut: 5, paint: paint.faint },
  ];
}

function holderText(lock: LockView): string {
  if (lock.holder === null) return keptText(lock);
  const extra = [
    ...(lock.mode === 'shared' ? ['shared'] : []),
    ...(lock.handoffTo === null ? [] : [`offered to ${oneLine(lock.handoffTo)}`]),
  ];
  return withPresence(oneLine(lock.holder.agentId), lock.alive, extra);
}

/** Nobody holds it, but it is not free. */
function keptText({ reservedFor, waiters }: LockView): string {
  const first = waiters.find((waiter) => waiter.ticket === reservedFor);
  return first === undefined ? '(kept)' : `(kept for ${oneLine(first.agentId)})`;
}

/** Who is next, and how many stand behind. */
function nextText(lock: LockView): string {
  const [first] = lock.waiters;
  if (first === undefined) return '';
  const name = withPresence(
    oneLine(first.agentId),
    first.presence,
    first.state === 'parked' ? [] : [wordOf(first.state)],
  );
  return lock.waiting > 1 ? `${name} +${lock.waiting - 1}` : name;
}

function wordOf(state: LockView['waiters'][number]['state']): string {
  return state === 'passed_over' ? 'passed over' : state;
}

function span(ms: number | null): string {
  return ms === null ? '' : ageText(ms);
}
