import { Hand, MessageSquare } from 'lucide-react';
import { openAct } from '../../actions/act.ts';
import { askOf, revokeOf } from '../../actions/lock-acts.ts';
import type { Answered } from '../../data/api.ts';
import type { SpokenLock, SpokenWaits } from '../../data/types.ts';
import { useList, useView } from '../../data/view.ts';
import { Badge } from '../../parts/badge.tsx';
import { GoTo, ResourceLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Scrolling } from '../../parts/scrolling.tsx';
import { Loading, Trouble } from '../../parts/states.tsx';
import { Lasting } from '../../parts/time.tsx';

type Of = Pick<Answered<unknown>, 'receivedMs'>;

const SHOWN = 30;
const TOPICS = ['lease.', 'wait.', 'handoff.'];

/** What an agent holds, with what may be done about it, and what it waits for. */
export function AgentLocks({ agentId }: { readonly agentId: string }) {
  const locks = useList<SpokenLock>('/v1/locks', 'locks', { params: { agentId }, topics: TOPICS });
  const waits = useView<SpokenWaits>('/v1/waits', { topics: TOPICS });
  const held = locks.data?.body.rows ?? [];
  const waiting = waits.data?.body.waiters.filter((waiter) => waiter.agentId === agentId) ?? [];
  return (
    <Panel
      title="Holds and waits"
      aside={
        held.length > 0 && (
          <GoTo to={`/locks?agent=${encodeURIComponent(agentId)}`} className="text-sm">
            Among all locks
          </GoTo>
        )
      }
    >
      {locks.error !== null && <Trouble problem={locks.error} />}
      {locks.isPending && locks.error === null && <Loading />}
      {locks.data !== undefined && held.length === 0 && <p className="text-mute">It holds nothing.</p>}
      {locks.data !== undefined && (
        <Scrolling label="Held" className="max-h-[28rem]">
          <ul className="grid gap-2">
            {held.slice(0, SHOWN).map((lock) => (
              <Held key={lock.token} lock={lock} of={locks.data} />
            ))}
            {held.length > SHOWN && (
              <li className="text-mute">and {(held.length - SHOWN).toLocaleString('en')} more</li>
            )}
          </ul>
        </Scrolling>
      )}
      <h3 className="mt-4 mb-1 font-semibold">Waits for</h3>
      {waiting.length === 0 && <p className="text-mute">Nothing.</p>}
      <ul className="grid gap-2">
        {waiting.map(({ ticket, resources, position, waitedMs, reason }) => (
          <li key={ticket}>
            <span className="flex flex-wrap gap-x-3">
              {resources.map((name) => (
                <ResourceLink key={name} name={name} />
              ))}
            </span>
            <span className="text-sm text-mute">
              place {position} in line, for <Lasting ms={waitedMs} of={waits.data ?? NOW} />
              {reason === '' ? '' : `: ${reason}`}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const NOW = { receivedMs: 0 };

function Held({ lock, of }: { readonly lock: SpokenLock; readonly of: Of }) {
  const { resource, heldForMs, expiresInMs, waiting, reason } = lock;
  const ask = askOf(lock);
  const revoke = revokeOf(lock);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1 border-b border-line/60 pb-2 last:border-0">
      <span className="min-w-0 flex-1 basis-56">
        <ResourceLink name={resource} />{' '}
        {waiting > 0 && <Badge tone="warn">{waiting === 1 ? '1 waits' : `${waiting} wait`}</Badge>}
        <span className="block text-sm text-mute">
          held for <Lasting ms={heldForMs ?? 0} of={of} />, <Lasting ms={expiresInMs ?? 0} of={of} isLeft /> left
          {reason === '' ? '' : `: ${reason}`}
        </span>
      </span>
      <span className="flex gap-1.5">
        {ask !== null && (
          <button type="button" className="button py-0.5" onClick={() => openAct(ask)} aria-label={ask.title}>
            <MessageSquare aria-hidden className="size-3.5" /> Ask
          </button>
        )}
        {revoke !== null && (
          <button type="button" className="button py-0.5" onClick={() => openAct(revoke)} aria-label={revoke.title}>
            <Hand aria-hidden className="size-3.5" /> Revoke
          </button>
        )}
      </span>
    </li>
  );
}
