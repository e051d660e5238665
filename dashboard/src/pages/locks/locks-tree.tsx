import { BellOff, Flame } from 'lucide-react';
import { useMemo } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import { Badge } from '../../parts/badge.tsx';
import { type TreeNode, treeOf } from '../../parts/path-tree.ts';
import { Lasting } from '../../parts/time.tsx';
import { type TreeColumn, TreeGrid } from '../../parts/tree-grid.tsx';
import { Holder, HolderState, Line, TimeLeft } from './lock-cells.tsx';
import type { LocksShownProps } from './locks-table.tsx';
import { type ShownLock, wholeTimeLeftMs } from './shown-lock.ts';

interface Sum {
  readonly locks: number;
  readonly waiting: number;
  readonly silent: number;
  readonly waitedMs: number;
}

type Node = TreeNode<ShownLock, Sum>;

/** A folder with few locks is open from the start. */
const FEW = 60;

export function LocksTree({ locks, of, open, onOpen }: LocksShownProps) {
  const nodes = useMemo(() => treeOf(locks, SUMMING), [locks]);
  const wholeMs = wholeTimeLeftMs(locks);
  const columns = useMemo(() => columnsOf(of, wholeMs), [of, wholeMs]);
  return (
    <TreeGrid
      label="Locks by path"
      title="Path"
      nodes={nodes}
      columns={columns}
      isOpenAtFirst={isOpenAtFirst}
      openPath={open}
      onOpen={onOpen}
    />
  );
}

function isOpenAtFirst({ sum }: Node, level: number): boolean {
  return level === 1 || sum.locks <= FEW;
}

const SUMMING = {
  nameOf: ({ lock }: ShownLock) => lock.resource,
  sumOf: (shown: readonly ShownLock[]): Sum => ({
    locks: shown.length,
    // Those who share a resource share its line.
    waiting: shown[0]?.lock.waiting ?? 0,
    silent: shown.filter(({ silence }) => silence !== null).length,
    waitedMs: shown[0]?.heat?.waitedMs ?? 0,
  }),
  add: (a: Sum, b: Sum): Sum => ({
    locks: a.locks + b.locks,
    waiting: a.waiting + b.waiting,
    silent: a.silent + b.silent,
    waitedMs: a.waitedMs + b.waitedMs,
  }),
};

function columnsOf(of: LocksShownProps['of'], wholeMs: number): readonly TreeColumn<ShownLock, Sum>[] {
  return [
    {
      id: 'holder',
      title: 'Holder',
      width: 'minmax(9rem, 1.3fr)',
      cell: (node) => <Holders node={node} />,
    },
    {
      id: 'state',
      title: 'State',
      width: '7rem',
      cell: ({ items: [first], sum }) =>
        first !== undefined ? (
          <HolderState shown={first} />
        ) : sum.silent === 0 ? null : (
          <Badge tone="bad" icon={BellOff}>
            {sum.silent.toLocaleString('en')} silent
          </Badge>
        ),
    },
    {
      id: 'held',
      title: 'Held for',
      width: '5.5rem',
      isNumber: true,
      cell: ({ items: [first] }) =>
        first?.lock.heldForMs == null ? null : <Lasting ms={first.lock.heldForMs} of={of} />,
    },
    {
      id: 'left',
      title: 'Time left',
      width: 'minmax(8rem, 1fr)',
      cell: ({ items: [first] }) =>
        first === undefined ? null : <TimeLeft lock={first.lock} of={of} wholeMs={wholeMs} />,
    },
    {
      id: 'line',
      title: 'Line',
      width: 'minmax(9rem, 1.3fr)',
      cell: ({ items: [first], sum }) =>
        first !== undefined ? (
          <Line lock={first.lock} of={of} />
        ) : sum.waiting === 0 ? null : (
          <Badge tone="warn">{sum.waiting.toLocaleString('en')} wait</Badge>
        ),
    },
    {
      id: 'heat',
      title: 'Last hour',
      width: '6rem',
      isNumber: true,
      cell: ({ sum }) =>
        sum.waitedMs === 0 ? null : (
          <span
            className="inline-flex items-center gap-1 text-sm"
            title="How long it was waited for in the last hour, all waits together"
          >
            <Flame aria-hidden className="size-3 text-warn" /> {durationText(sum.waitedMs)}
          </span>
        ),
    },
  ];
}

function Holders({ node: { items, sum } }: { readonly node: Node }) {
  const [first] = items;
  if (first === undefined)
    return (
      <span className="text-sm text-mute tabular-nums">
        {sum.locks === 1 ? '1 lock' : `${sum.locks.toLocaleString('en')} locks`}
      </span>
    );
  return (
    <span className="block truncate">
      <Holder lock={first.lock} />
      {items.length > 1 && <span className="text-mute"> and {items.length - 1} more</span>}
    </span>
  );
}
