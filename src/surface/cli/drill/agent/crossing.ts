// Two files, taken one after the other, while another agent takes them the other way round. Whoever closes the circle is told
// at once; it gives back what it has and asks for both together, which cannot go wrong.

import { SCALE } from '../scale.ts';
import { CORE_FILE, SERVER_FILE, withSignature } from '../workspace-files.ts';
import { acquire, type Held, release } from './locks.ts';
import { type Desk, editFile } from './updates.ts';

export interface Crossing {
  readonly first: string;
  readonly second: string;
  /** The line of both files that this agent signs. */
  readonly line: number;
}

/** `atFirst` is called with the first lock in hand; the second is asked for when it has resolved. */
export async function cross(desk: Desk, crossing: Crossing, atFirst: (token: number) => Promise<void>): Promise<void> {
  const { first, second, line } = crossing;
  const one = await take(desk, [first]);
  if ('aborted' in one) throw new Error(`a wait without anything in hand was ended as a deadlock: ${one.aborted}`);
  await atFirst(one.leases[0]?.token ?? 0);
  const other = await take(desk, [second]);
  if (!('aborted' in other)) return edit(desk, line, [one, other]);
  await release(desk.calls, desk.notebook, one);
  const both = await take(desk, [first, second]);
  if ('aborted' in both) throw new Error(`a wait for both files at once was ended as a deadlock: ${both.aborted}`);
  await edit(desk, line, [both]);
}

function take({ calls, notebook }: Desk, files: readonly string[]) {
  const resources = files.map((file) => `file:${file}`);
  return acquire(calls, notebook, {
    resources,
    reason: 'the core and its server',
    update: null,
    ttlMs: SCALE.crossingTtlMs,
  });
}

async function edit(desk: Desk, line: number, held: readonly Held[]): Promise<void> {
  const believedUntilMs = Math.min(...held.map((each) => each.believedUntilMs));
  const leases = held.flatMap((each) => each.leases);
  const change = (text: string): string => withSignature(text, line, desk.agentId);
  for (const file of [CORE_FILE, SERVER_FILE]) {
    const token = leases.find(({ resource }) => resource === `file:${file}`)?.token ?? 0;
    const isDone = await editFile(desk, { believedUntilMs }, { file, token, dwellMs: 5, change });
    if (!isDone) throw new Error(`the lock of ${file} ended before it was edited`);
    desk.notebook.note('edited', { file, token, update: 0 });
  }
  await release(desk.calls, desk.notebook, { leases });
}
