import { CircleCheck, CircleX } from 'lucide-react';
import { useMemo } from 'react';
import type { SpokenCheckIn } from '../../data/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { GoTo } from '../../parts/go-to.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/time.tsx';
import { VerdictBadge } from './agent-badges.tsx';

/** Check-ins, the newest first, each with what became of it. */
export function CheckInList({
  checkIns,
  isAll,
}: {
  readonly checkIns: readonly SpokenCheckIn[];
  readonly isAll: boolean;
}) {
  const columns = useMemo(
    () => (checkIns.some(({ eisv }) => eisv !== null) ? [...COLUMNS, EISV_COLUMN] : COLUMNS),
    [checkIns],
  );
  return (
    <>
      <Table label="Check-ins" columns={columns} rows={checkIns} keyOf={({ checkInId }) => checkInId} height="28rem" />
      {!isAll && <p className="mt-2 text-sm text-mute">Older ones are in its timeline.</p>}
    </>
  );
}

const COLUMNS: readonly Column<SpokenCheckIn>[] = [
  {
    id: 'at',
    title: 'When',
    width: '7.5rem',
    sortBy: ({ seq }) => seq,
    cell: ({ atMs, seq }) => (
      <GoTo to={window.location.pathname} at={String(seq)} isPlain className="text-mute hover:underline">
        <When at={atMs} />
      </GoTo>
    ),
  },
  {
    id: 'summary',
    title: 'What it said',
    width: 'minmax(12rem, 3fr)',
    cell: ({ summary, plan }) => (
      <span>
        {summary}
        {plan !== null && <span className="block text-sm text-mute">Plan: {plan.goal}</span>}
      </span>
    ),
  },
  {
    id: 'confidence',
    title: 'Sure',
    width: '4.5rem',
    isNumber: true,
    sortBy: ({ confidence }) => confidence ?? -1,
    cell: ({ confidence }) => (confidence == null ? '–' : percent(confidence)),
  },
  {
    id: 'complexity',
    title: 'Complexity',
    width: '6rem',
    isNumber: true,
    sortBy: ({ complexity }) => complexity ?? -1,
    cell: ({ complexity }) => (complexity == null ? '–' : percent(complexity)),
  },
  {
    id: 'verdict',
    title: 'Verdict',
    width: 'minmax(8rem, 2fr)',
    sortBy: ({ verdict }) => verdict,
    cell: ({ verdict, reasons }) => (
      <span>
        <VerdictBadge verdict={verdict} />
        {reasons.map(({ code, message }) => (
          <span key={code} className="line-clamp-2 text-sm text-mute" title={message}>
            {message}
          </span>
        ))}
      </span>
    ),
  },
  {
    id: 'outcome',
    title: 'What came of it',
    width: 'minmax(9rem, 1.6fr)',
    sortBy: ({ succeeded }) => (succeeded === null ? -1 : Number(succeeded)),
    cell: ({ outcomes }) =>
      outcomes.length === 0 ? (
        <span className="text-mute">not recorded</span>
      ) : (
        <span className="flex flex-wrap gap-1">
          {outcomes.map(({ kind, ok, evidence }) => (
            <Badge key={kind} tone={ok ? 'good' : 'bad'} icon={ok ? CircleCheck : CircleX} title={evidence}>
              {kind} {ok ? 'passed' : 'failed'}
            </Badge>
          ))}
        </span>
      ),
  },
];

const EISV_COLUMN: Column<SpokenCheckIn> = {
  id: 'eisv',
  title: 'E I S V, coherence',
  width: '15rem',
  cell: ({ eisv }) =>
    eisv === null ? (
      <span className="text-mute">–</span>
    ) : (
      <span className="whitespace-pre tabular-nums">
        {[eisv.E, eisv.I, eisv.S, eisv.V, eisv.coherence].map((each) => each.toFixed(2)).join('  ')}
      </span>
    ),
};

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
