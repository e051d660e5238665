// What stands at an address: a view, as the tool that shows the same speaks it. Reading registers nobody and carries no notices.

import type { Call } from '../../../app/seat/call.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import { VIEW_LIMITS } from '../../../core/view/page.ts';
import type { Query } from '../../../core/view/views.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import { spokenIncident } from '../../answer/spoken-incidents.ts';
import { spokenFleet, spokenLock } from '../../answer/spoken-views.ts';
import type { ResourceAddress } from './resource-uri.ts';

type Content = Readonly<Record<string, unknown>>;
type LocksQuery = Omit<Extract<Query, { readonly kind: 'locks' }>, 'kind' | 'limit' | 'cursor'>;

/** Null where nothing stands: an agent that never was, an incident of another number. */
export async function readResource(
  seat: Seat,
  address: ResourceAddress,
  call: Call,
): Promise<Content | Rejection | null> {
  const worktree = await seat.worktreeOf(call);
  switch (address.kind) {
    case 'fleet':
      return viewed(await seat.look({ kind: 'fleet' }), (view) => spokenFleet(view, worktree));
    case 'locks':
      return locks(seat, worktree, {});
    case 'lock': {
      const key = await seat.keyOf(address.resource, call);
      return isRejection(key) ? key : locks(seat, worktree, { resource: key });
    }
    case 'agent':
      return agent(seat, worktree, address.agentId);
    case 'incident': {
      const seen = await seat.look({ kind: 'incident', incident: address.incident });
      return seen === null ? null : viewed(seen, (view) => spokenIncident(view, worktree));
    }
  }
}

async function locks(seat: Seat, worktree: string, asked: LocksQuery): Promise<Content | Rejection> {
  const seen = await seat.look({ kind: 'locks', ...asked, limit: VIEW_LIMITS.rowsMax });
  return viewed(seen, ({ items, total }) => ({ locks: items.map((lock) => spokenLock(lock, worktree)), total }));
}

async function agent(seat: Seat, worktree: string, agentId: string): Promise<Content | Rejection | null> {
  const seen = await seat.look({ kind: 'agents', agentId });
  if (isRejection(seen)) return seen;
  const [found] = seen.items;
  if (found === undefined) return null;
  const held = await locks(seat, worktree, { agentId });
  return isRejection(held) ? held : { agent: seenFrom(worktree).data(found), ...held };
}

function viewed<V>(seen: V | Rejection, speak: (view: V) => Content): Content | Rejection {
  return isRejection(seen) ? seen : speak(seen);
}
