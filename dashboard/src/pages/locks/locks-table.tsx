import { Flame } from 'lucide-react';
import { useMemo } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { Answered } from '../../data/api.ts';
import { type Column, Table } from '../../parts/table.tsx';
import { Lasting } from '../../parts/time.tsx';
import { Holder, HolderState, Line, ModeAndGuard, TimeLeft } from './lock-cells.tsx';
import { type ShownLock, wholeTimeLeftMs } from './shown-lock.ts';

export interface LocksShownProps {
  readonly locks: readonly ShownLock[];
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  /** The resource that is shown beside them. */
  readonly open: string | null;
  readonly onOpen: (resource: string) => void;
}

export function LocksTable({ locks, of, open, onOpen }: LocksShownProps) {
  const wholeMs = wholeTimeLeftMs(locks);
  const columns = useMemo(() => columnsOf(of, wholeMs), [of, wholeMs]);
  const openKey = locks.find(({ lock }) => lock.resource === open)?.key ?? null;
  return (
    <Table
      label="Locks"
      columns={columns}
      rows={locks}
      keyOf={({ key }) => key}
      onOpen={({ lock }) => onOpen(lock.resource)}
      openKey={openKey}
    />
  );
}

function columnsOf(of: LocksShownProps['of'], wholeMs: number): readonly Column<ShownLock>[] {
  return [
    {
      id: 'resource',
      title: 'Resource',
      width: 'minmax(12rem, 3fr)',
      sortBy: ({ lock }) => lock.resource,
      cell: (shown) => <Resource shown={shown} />,
    },
    {
      id: 'holder',
      title: 'Holder',
      width: 'minmax(8rem, 1.3fr)',
      sortBy: ({ lock }) => lock.holder?.agentId ?? '',
      cell: ({ lock }) => (
        <span className="block truncate" title={lock.holder?.agentId}>
          <Holder lock={lock} />
        </span>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: '6.5rem',
      sortBy: ({ silence, lock }) => (silence === null ? lock.alive : ''),
      cell: (shown) => <HolderState shown={shown} />,
    },
    {
      id: 'mode',
      title: 'Mode',
      width: '6.5rem',
      sortBy: ({ lock }) => `${lock.mode} ${lock.guarded}`,
      cell: ({ lock }) => <ModeAndGuard lock={lock} />,
    },
    {
      id: 'held',
      title: 'Held for',
      width: '5.5rem',
      isNumber: true,
      sortBy: ({ lock }) => lock.heldForMs ?? -1,
      cell: ({ lock }) => (lock.heldForMs === null ? '–' : <Lasting ms={lock.heldForMs} of={of} />),
    },
    {
      id: 'left',
      title: 'Time left',
      width: 'minmax(8rem, 1fr)',
      sortBy: ({ lock }) => lock.expiresInMs ?? -1,
      cell: ({ lock }) => <TimeLeft lock={lock} of={of} wholeMs={wholeMs} />,
    },
    {
      id: 'line',
      title: 'Line',
      width: 'minmax(10rem, 1.5fr)',
      sortBy: ({ lock }) => lock.waiting,
      cell: ({ lock }) => <Line lock={lock} of={of} />,
    },
  ];
}

function Resource({ shown: { lock, heat } }: { readonly shown: ShownLock }) {
  return (
    <div className="min-w-0">
      <p className="flex min-w-0 items-center gap-2">
        <span className="truncate font-mono text-[0.93em]" title={lock.resource}>
          {lock.resource}
        </span>
        {heat !== null && heat.waitedMs >= HOT_MS && (
          <span
            className="flex shrink-0 items-center gap-0.5 text-xs text-warn"
            title={`In the last hour it was waited for ${durationText(heat.waitedMs)} in all.`}
          >
            <Flame aria-hidden className="size-3" /> {durationText(heat.waitedMs)}
          </span>
        )}
      </p>
      {lock.reason !== '' && (
        <p className="truncate text-xs text-mute" title={lock.reason}>
          {lock.reason}
        </p>
      )}
    </div>
  );
}

const HOT_MS = 60_000;
