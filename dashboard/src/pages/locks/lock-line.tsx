import type { Answered } from '../../data/api.ts';
import type { SpokenLock, SpokenWaiter } from '../../data/types.ts';
import { AgentLink } from '../../parts/go-to.tsx';
import { PresenceBadge } from '../../parts/presence.tsx';
import { Lasting } from '../../parts/time.tsx';

const STATES: Readonly<Record<SpokenWaiter['state'], string>> = {
  parked: 'waits',
  away: 'away; its place is kept',
  offered: 'it is offered to it now',
  passed_over: 'passed over while it is paused',
};

/** Who waits for it, in the order in which they will have it. */
export function LockLine({
  lock: { waiters, waiting },
  of,
}: {
  readonly lock: SpokenLock;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
}) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">
        {waiting === 0 ? 'Nobody waits for it' : waiting === 1 ? '1 waits in line' : `${waiting} wait in line`}
      </h3>
      {waiting > 0 && (
        <ol className="grid gap-1.5">
          {waiters.map(({ ticket, agentId, position, waitedMs, state, mode, alive, reason, resources }) => (
            <li
              key={ticket}
              className="grid grid-cols-[1.75rem_minmax(0,1fr)_auto] gap-x-2 rounded-md bg-raised px-2 py-1.5"
            >
              <span className="text-right font-semibold text-mute tabular-nums" title="Place in the line">
                {position}.
              </span>
              <span className="min-w-0">
                <AgentLink id={agentId} />{' '}
                <span className="text-sm text-mute">
                  {STATES[state]}
                  {mode === 'shared' ? ', to share it' : ''}
                  {resources.length > 1 ? `, with ${resources.length - 1} more` : ''}
                </span>
                {reason !== '' && <span className="block text-sm">{reason}</span>}
              </span>
              <span className="flex flex-wrap items-start justify-end gap-2 text-sm">
                <Lasting ms={waitedMs} of={of} />
                {alive !== 'alive' && <PresenceBadge presence={alive} />}
              </span>
            </li>
          ))}
          {waiting > waiters.length && <li className="text-mute">and {waiting - waiters.length} behind them</li>}
        </ol>
      )}
    </section>
  );
}
