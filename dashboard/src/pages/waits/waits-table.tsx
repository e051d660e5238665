import { useMemo } from 'react';
import type { Answered } from '../../data/api.ts';
import type { SpokenWaits } from '../../data/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { AgentLink, ResourceLink } from '../../parts/go-to.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Lasting } from '../../parts/time.tsx';
import { placeText } from './graph-words.ts';
import type { WaitRow } from './wait-rows.ts';

const NAMES = 3;

export function WaitsTable({
  rows,
  of,
  openKey,
  onOpen,
}: {
  readonly rows: readonly WaitRow[];
  readonly of: Answered<SpokenWaits>;
  readonly openKey: string | null;
  readonly onOpen: (row: WaitRow) => void;
}) {
  const columns = useMemo(() => columnsOf(of), [of]);
  return (
    <Table
      label="Who waits for what, behind whom, how long"
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      openKey={openKey}
      onOpen={onOpen}
      height="32rem"
    />
  );
}

function columnsOf(of: Answered<SpokenWaits>): readonly Column<WaitRow>[] {
  return [
    {
      id: 'who',
      title: 'Who waits',
      width: 'minmax(8rem, 1fr)',
      sortBy: ({ agentId }) => agentId,
      cell: ({ agentId }) => <AgentLink id={agentId} />,
    },
    {
      id: 'what',
      title: 'For what',
      width: 'minmax(10rem, 2fr)',
      sortBy: ({ resources }) => resources[0] ?? '',
      cell: ({ resources }) => <Names of={resources} each={(name) => <ResourceLink name={name} />} />,
    },
    {
      id: 'behind',
      title: 'Behind whom',
      width: 'minmax(8rem, 1fr)',
      sortBy: ({ behind }) => behind[0] ?? '',
      cell: ({ behind }) =>
        behind.length === 0 ? (
          <span className="text-mute">nobody</span>
        ) : (
          <Names of={behind} each={(id) => <AgentLink id={id} />} />
        ),
    },
    {
      id: 'long',
      title: 'How long',
      width: '7rem',
      isNumber: true,
      sortBy: ({ ms }) => ms,
      cell: ({ ms }) => <Lasting ms={ms} of={of} />,
    },
    {
      id: 'place',
      title: 'Place',
      width: 'minmax(9rem, 0.8fr)',
      sortBy: ({ waiter }) => waiter?.position ?? 0,
      cell: ({ waiter }) =>
        waiter === null ? (
          <Badge tone="warn" title="It asks again and again, and keeps no place in line.">
            asks again
          </Badge>
        ) : (
          <Badge tone={waiter.alive === 'gone' || waiter.alive === 'stopped' ? 'bad' : 'plain'}>
            {placeText(waiter)}
          </Badge>
        ),
    },
  ];
}

function Names({
  of: all,
  each,
}: {
  readonly of: readonly string[];
  readonly each: (name: string) => React.ReactNode;
}) {
  return (
    <span className="flex flex-wrap gap-x-2">
      {all.slice(0, NAMES).map((name) => (
        <span key={name} className="min-w-0">
          {each(name)}
        </span>
      ))}
      {all.length > NAMES && <span className="text-mute">and {all.length - NAMES} more</span>}
    </span>
  );
}
