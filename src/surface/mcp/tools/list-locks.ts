import * as z from 'zod';
import { isRejection } from '../../../core/rejection.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { askText } from '../../answer/spoken-messages.ts';
import { type SpokenLock, spokenLock } from '../../answer/spoken-views.ts';
import { cursor, limit, resource } from '../../schema/fields.ts';
import { defineTool } from '../tool.ts';
import { toolRejection, toolView } from '../tool-result.ts';

export const listLocks = defineTool({
  name: 'list_locks',
  title: 'List locks',
  description: 'Shows who holds what since when and who waits for it. Never waits, registers nobody.',
  effect: 'reads',
  input: {
    resource: resource.optional().describe('only locks in conflict with it'),
    agentId: z.string().optional(),
    waiting: z.boolean().optional().describe('true: only locks that somebody waits for'),
    cursor: cursor.optional(),
    limit: limit.optional(),
  },
  output: ['locks', 'cursor', 'total'],
  async run(seat, args, call) {
    const key = args.resource === undefined ? undefined : await seat.keyOf(args.resource, call);
    if (isRejection(key)) return toolRejection(key);
    const { resource: _name, ...rest } = args;
    const query = { kind: 'locks', ...defined(rest), ...(key === undefined ? {} : { resource: key }) } as const;
    const seen = await seat.view(query, call);
    return toolView(seen, ({ items, cursor: next, total }) => {
      const locks = items.map((lock) => spokenLock(lock, seen.worktree));
      return { structured: { locks, cursor: next, total }, text: textOf(locks, total) };
    });
  },
});

const SHOWN = 20;

function textOf(locks: readonly SpokenLock[], total: number): string {
  if (total === 0) return 'Nothing is locked.';
  const more = total > SHOWN ? `; and ${total - SHOWN} more` : '';
  return `${total} locked: ${locks.slice(0, SHOWN).map(lockText).join('; ')}${more}.`;
}

function lockText({ resource: name, holder, token, heldForMs, alive, waiting, asks }: SpokenLock): string {
  if (holder === null) return `${name} kept for the first in line`;
  const process = alive === 'alive' || alive === 'unknown' ? '' : `, process ${alive}`;
  const line = waiting === 0 ? '' : `, ${waiting} waiting`;
  const [ask] = asks;
  const asked = ask === undefined ? '' : `, ${askText(ask)}`;
  return `${name} by ${holder.agentId} (token ${token ?? '?'}, ${durationText(heldForMs ?? 0)}${process}${line}${asked})`;
}

/** Without the arguments that were left out. */
function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
