// A tree of any length whose rows have columns. Arrow keys move through it, left and right close and open a folder, Enter opens
// a row that is something itself.

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { rowsInSight, type TreeNode, type TreeRow } from './path-tree.ts';

export interface TreeColumn<Item, Sum> {
  readonly id: string;
  readonly title: string;
  readonly width: string;
  readonly isNumber?: boolean;
  readonly cell: (node: TreeNode<Item, Sum>) => ReactNode;
}

interface TreeGridProps<Item, Sum> {
  readonly label: string;
  /** Over the names. */
  readonly title: string;
  readonly nodes: readonly TreeNode<Item, Sum>[];
  readonly columns: readonly TreeColumn<Item, Sum>[];
  /** Is it open before anybody said so? */
  readonly isOpenAtFirst: (node: TreeNode<Item, Sum>, level: number) => boolean;
  readonly onOpen: (path: string) => void;
  readonly openPath: string | null;
}

const ROW_PX = 36;
const CARD_PX = 64;

export function TreeGrid<Item, Sum>(props: TreeGridProps<Item, Sum>) {
  const { label, title, nodes, columns, isOpenAtFirst } = props;
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(
    () => rowsInSight(nodes, (node, level) => isOpenAtFirst(node, level) !== flipped.has(node.path)),
    [nodes, isOpenAtFirst, flipped],
  );
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(ref.current?.offsetTop ?? 0), []);
  const [current, setCurrent] = useState(0);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (window.innerWidth < 768 ? CARD_PX : ROW_PX),
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.node.path ?? index,
  });
  const template = `minmax(14rem, 3fr) ${columns.map(({ width }) => width).join(' ')}`;
  const flip = (path: string): void => setFlipped((before) => without(before, path) ?? new Set([...before, path]));
  const focus = (index: number): void => {
    if (index < 0 || index >= rows.length) return;
    setCurrent(index);
    virtual.scrollToIndex(index);
    requestAnimationFrame(() =>
      ref.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true }),
    );
  };
  return (
    <div role="treegrid" aria-label={label} aria-rowcount={rows.length + 1} className="min-w-0">
      <div
        role="row"
        aria-rowindex={1}
        className="hidden border-b border-line text-xs font-medium text-mute md:grid"
        style={{ gridTemplateColumns: template }}
      >
        <span role="columnheader" className="px-2 py-2">
          {title}
        </span>
        {columns.map(({ id, title: each, isNumber = false }) => (
          <span key={id} role="columnheader" className={`px-2 py-2 ${isNumber ? 'text-right' : ''}`}>
            {each}
          </span>
        ))}
      </div>
      <div ref={ref} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <TreeRowShell
              key={key}
              row={row}
              index={index}
              top={start - top}
              template={template}
              columns={columns}
              isOpen={props.openPath === row.node.path}
              isCurrent={index === Math.min(current, rows.length - 1)}
              measure={virtual.measureElement}
              onFlip={() => flip(row.node.path)}
              onOpen={() => props.onOpen(row.node.path)}
              onKey={(event) => {
                const move = moveOf(event.key, rows, index);
                if (move === null) return;
                event.preventDefault();
                if (move === 'flip') flip(row.node.path);
                else if (move === 'open') props.onOpen(row.node.path);
                else focus(move);
              }}
              onFocus={() => setCurrent(index)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** `before` without `path`; null where it is not in it. */
function without(before: ReadonlySet<string>, path: string): ReadonlySet<string> | null {
  return before.has(path) ? new Set([...before].filter((each) => each !== path)) : null;
}

function moveOf<Item, Sum>(
  key: string,
  rows: readonly TreeRow<Item, Sum>[],
  index: number,
): number | 'flip' | 'open' | null {
  const row = rows[index];
  if (row === undefined) return null;
  const isFolder = row.node.children.length > 0;
  switch (key) {
    case 'ArrowDown':
      return index + 1;
    case 'ArrowUp':
      return index - 1;
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'ArrowRight':
      return isFolder && !row.isOpen ? 'flip' : index + 1;
    case 'ArrowLeft':
      return row.isOpen ? 'flip' : rows.findLastIndex(({ level }, each) => each < index && level < row.level);
    case 'Enter':
      return row.node.items.length > 0 ? 'open' : 'flip';
    case ' ':
      return isFolder ? 'flip' : 'open';
    default:
      return null;
  }
}

function TreeRowShell<Item, Sum>({
  row: { node, level, isOpen: isUnfolded, place, siblings },
  index,
  top,
  template,
  columns,
  isOpen,
  isCurrent,
  measure,
  onFlip,
  onOpen,
  onKey,
  onFocus,
}: {
  readonly row: TreeRow<Item, Sum>;
  readonly index: number;
  readonly top: number;
  readonly template: string;
  readonly columns: readonly TreeColumn<Item, Sum>[];
  readonly isOpen: boolean;
  readonly isCurrent: boolean;
  readonly measure: (element: HTMLElement | null) => void;
  readonly onFlip: () => void;
  readonly onOpen: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onFocus: () => void;
}) {
  const isFolder = node.children.length > 0;
  const isSomething = node.items.length > 0;
  return (
    <div
      ref={measure}
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      aria-level={level}
      aria-posinset={place}
      aria-setsize={siblings}
      {...(isFolder ? { 'aria-expanded': isUnfolded } : {})}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={(event) => event.target === event.currentTarget && onKey(event)}
      onClick={({ target }) => {
        if (target instanceof Element && target.closest('a, button') !== null) return;
        if (isSomething) onOpen();
        else onFlip();
      }}
      className={`absolute inset-x-0 grid min-h-9 cursor-pointer items-center border-b border-line/60 py-1 hover:bg-raised max-md:grid-cols-2 max-md:gap-y-0.5 ${isOpen ? 'bg-accent-soft' : ''}`}
      style={{
        transform: `translateY(${top}px)`,
        ...(window.innerWidth < 768 ? {} : { gridTemplateColumns: template }),
      }}
    >
      <div
        role="gridcell"
        className="flex min-w-0 items-center gap-1 px-2 max-md:col-span-2"
        style={{ paddingLeft: `${0.5 + (level - 1) * 1.1}rem` }}
      >
        {isFolder ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={isUnfolded ? `Close ${node.path}` : `Open ${node.path}`}
            onClick={onFlip}
            className="rounded p-0.5 hover:bg-line"
          >
            <ChevronRight aria-hidden className={`size-4 ${isUnfolded ? 'rotate-90' : ''}`} />
          </button>
        ) : (
          <span aria-hidden className="w-5 shrink-0" />
        )}
        <span
          className={`min-w-0 truncate font-mono text-[0.93em] ${isSomething ? '' : 'text-mute'}`}
          title={node.path}
        >
          {node.label}
        </span>
      </div>
      {columns.map((column) => (
        <TreeCell key={column.id} column={column} node={node} />
      ))}
    </div>
  );
}

function TreeCell<Item, Sum>({
  column: { title, cell, isNumber = false },
  node,
}: {
  readonly column: TreeColumn<Item, Sum>;
  readonly node: TreeNode<Item, Sum>;
}) {
  const content = cell(node);
  return (
    <div
      role="gridcell"
      className={`min-w-0 px-2 max-md:text-sm ${isNumber ? 'tabular-nums md:text-right' : ''} ${content === null ? 'max-md:hidden' : ''}`}
    >
      {content !== null && (
        <span aria-hidden className="block text-xs text-mute md:hidden">
          {title}
        </span>
      )}
      {content}
    </div>
  );
}
