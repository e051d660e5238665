// Where it is crowded: waits, holds and refusals of the last hour, by path. Also what nobody holds now.

import { useMemo } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { SpokenHeat, SpokenHeatRow } from '../../data/types.ts';
import type { View } from '../../data/view.ts';
import { Bar } from '../../parts/bar.tsx';
import { type TreeNode, treeOf } from '../../parts/path-tree.ts';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { type TreeColumn, TreeGrid } from '../../parts/tree-grid.tsx';
import { kindOf, type LockFilter } from './shown-lock.ts';

type Sum = Omit<SpokenHeatRow, 'resource'>;
type Node = TreeNode<SpokenHeatRow, Sum>;

const FEW = 30;

export function HeatTree({
  heat,
  filter,
  open,
  onOpen,
}: {
  readonly heat: View<SpokenHeat>;
  readonly filter: Pick<LockFilter, 'text' | 'kind'>;
  readonly open: string | null;
  readonly onOpen: (resource: string) => void;
}) {
  const rows = heat.data?.body.rows ?? NONE;
  const { text, kind } = filter;
  const nodes = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const shown = rows.filter(
      ({ resource }) => (kind === '' || kindOf(resource) === kind) && resource.toLowerCase().includes(wanted),
    );
    return treeOf(shown, SUMMING);
  }, [rows, text, kind]);
  const most = nodes.reduce((sum, node) => Math.max(sum, node.sum.waitedMs), 1);
  const columns = useMemo(() => columnsOf(most), [most]);
  // An older server has no such view.
  if (heat.error !== null) return <Trouble problem={heat.error} />;
  if (heat.data === undefined) return <Loading what="Reading the last hour" />;
  const { isWhole, leftOut } = heat.data.body;
  if (nodes.length === 0)
    return rows.length > 0 ? (
      <Empty title="Nothing matches">Search for something else to see the other paths.</Empty>
    ) : (
      <Empty title="Nothing was locked in the last hour">
        Here stands by folder how long agents waited for something, held it, and were refused: where work should be
        split up, or locks be let go of sooner.
      </Empty>
    );
  return (
    <>
      <p className="mb-2 text-sm text-mute">
        The last hour, the longest waited for first. Times of several agents are added up.
        {!isWhole && ' More happened in it than is read at once: the stretch begins later.'}
        {leftOut > 0 && ` ${leftOut.toLocaleString('en')} cooler ones are left out.`}
      </p>
      <TreeGrid
        label="Heat by path"
        title="Path"
        nodes={nodes}
        columns={columns}
        isOpenAtFirst={isOpenAtFirst}
        openPath={open}
        onOpen={onOpen}
      />
    </>
  );
}

const NONE: readonly SpokenHeatRow[] = [];

function isOpenAtFirst({ children, sum }: Node, level: number): boolean {
  return level === 1 || (children.length <= FEW && sum.waitedMs > 0);
}

const NOTHING: Sum = { grants: 0, waits: 0, waitedMs: 0, heldMs: 0, refusals: 0 };

function add(a: Sum, b: Sum): Sum {
  return {
    grants: a.grants + b.grants,
    waits: a.waits + b.waits,
    waitedMs: a.waitedMs + b.waitedMs,
    heldMs: a.heldMs + b.heldMs,
    refusals: a.refusals + b.refusals,
  };
}

const SUMMING = {
  nameOf: ({ resource }: SpokenHeatRow) => resource,
  sumOf: (rows: readonly SpokenHeatRow[]): Sum => rows.reduce<Sum>(add, NOTHING),
  add,
  compare: (a: Sum, b: Sum) => b.waitedMs - a.waitedMs || b.refusals - a.refusals || b.heldMs - a.heldMs,
};

function columnsOf(most: number): readonly TreeColumn<SpokenHeatRow, Sum>[] {
  return [
    {
      id: 'waited',
      title: 'Waited for',
      width: 'minmax(10rem, 1.5fr)',
      cell: ({ sum }) => (
        <span className="grid grid-cols-[4.2rem_minmax(2rem,1fr)] items-center gap-2 whitespace-nowrap">
          <span className="tabular-nums">{timeText(sum.waitedMs)}</span>
          <Bar share={sum.waitedMs / most} tone="bg-waits" />
        </span>
      ),
    },
    { id: 'waits', title: 'Waits', width: '5rem', isNumber: true, cell: ({ sum }) => countText(sum.waits) },
    { id: 'refusals', title: 'Refused', width: '5rem', isNumber: true, cell: ({ sum }) => countText(sum.refusals) },
    { id: 'held', title: 'Held', width: '6rem', isNumber: true, cell: ({ sum }) => timeText(sum.heldMs) },
    { id: 'grants', title: 'Granted', width: '5rem', isNumber: true, cell: ({ sum }) => countText(sum.grants) },
  ];
}

function timeText(ms: number): string {
  return ms < 1_000 ? (ms === 0 ? '–' : '<1s') : durationText(Math.floor(ms / 1_000) * 1_000);
}

function countText(count: number): string {
  return count === 0 ? '–' : count.toLocaleString('en');
}
