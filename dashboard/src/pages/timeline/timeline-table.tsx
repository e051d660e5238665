import { useMemo } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { SpokenTimeline } from '../../data/types.ts';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/time.tsx';
import { rowSentence, type TimelineRow } from './timeline-rows.ts';

export function TimelineTable({
  rows,
  of,
  selected,
  onOpen,
}: {
  readonly rows: readonly TimelineRow[];
  readonly of: SpokenTimeline;
  readonly selected: string;
  readonly onOpen: (row: TimelineRow) => void;
}) {
  const columns = useMemo(() => columnsOf(of.to.atMs), [of.to.atMs]);
  return (
    <Table
      label="The timeline, lane by lane"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      openKey={rows.find(({ key }) => key === selected)?.id ?? null}
      onOpen={onOpen}
      height="26rem"
    />
  );
}

function columnsOf(untilMs: number): readonly Column<TimelineRow>[] {
  return [
    {
      id: 'lane',
      title: 'Lane',
      width: 'minmax(8rem, 1fr)',
      cell: ({ lane }) => <span className="text-sm">{lane}</span>,
    },
    { id: 'what', title: 'What', width: '9rem', sortBy: ({ what }) => what, cell: ({ what }) => what },
    {
      id: 'from',
      title: 'When',
      width: '9rem',
      sortBy: ({ atMs }) => atMs,
      cell: ({ atMs }) => <When at={atMs} />,
    },
    {
      id: 'long',
      title: 'How long',
      width: '6rem',
      isNumber: true,
      sortBy: ({ atMs, toMs }) => (toMs ?? untilMs) - atMs,
      cell: ({ atMs, toMs, isSpan }) => (isSpan ? durationText((toMs ?? untilMs) - atMs) : ''),
    },
    { id: 'text', title: 'In a sentence', width: 'minmax(14rem, 3fr)', cell: (row) => rowSentence(row, untilMs) },
  ];
}
