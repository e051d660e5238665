// A table of any length: only the rows in sight are in the page. Arrow keys move from row to row, Enter opens one. On a narrow
// screen a row is a card: every cell says its column.

import { useVirtualizer, useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, memo, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** By it the column can be sorted. */
  readonly sortBy?: (row: Row) => string | number;
  /** As in `grid-template-columns`: `8rem`, `minmax(10rem, 2fr)`. */
  readonly width: string;
  readonly isNumber?: boolean;
}

interface TableProps<Row> {
  /** Says what is listed, for those who do not see it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
  readonly openKey?: string | null;
  /** Scrolls by itself in this height, instead of with the page. */
  readonly height?: string;
}

const ROW_PX = 40;
const CARD_PX = 150;
const NARROW = '(max-width: 767px)';

export function Table<Row>(props: TableProps<Row>) {
  const { columns, rows } = props;
  const [sort, setSort] = useState<{ readonly id: string; readonly isDown: boolean } | null>(null);
  const by = columns.find(({ id }) => id === sort?.id)?.sortBy;
  const isDown = sort?.isDown ?? false;
  const sorted = useMemo(() => (by === undefined ? rows : sortRows(rows, by, isDown)), [rows, by, isDown]);
  const isNarrow = useIsNarrow();
  const template = columns.map(({ width }) => width).join(' ');
  return (
    <div role="table" aria-label={props.label} aria-rowcount={rows.length + 1} className="min-w-0">
      <div
        role="row"
        aria-rowindex={1}
        className="hidden border-b border-line text-xs font-medium text-mute md:grid"
        style={{ gridTemplateColumns: template }}
      >
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} sort={sort} onSort={setSort} />
        ))}
      </div>
      <Rows {...props} rows={sorted} template={template} isNarrow={isNarrow} />
    </div>
  );
}

function HeadCell<Row>({
  column: { id, title, sortBy, isNumber = false },
  sort,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sort: { readonly id: string; readonly isDown: boolean } | null;
  readonly onSort: (sort: { readonly id: string; readonly isDown: boolean } | null) => void;
}) {
  const isSorted = sort?.id === id;
  const align = isNumber ? 'justify-end text-right' : '';
  if (sortBy === undefined)
    return (
      <span role="columnheader" className={`flex px-2 py-2 ${align}`}>
        {title}
      </span>
    );
  const Arrow = sort?.isDown === true ? ArrowDown : ArrowUp;
  return (
    <span
      role="columnheader"
      aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : 'none'}
      className={`flex ${align}`}
    >
      <button
        type="button"
        className={`flex items-center gap-1 rounded px-2 py-2 hover:text-ink ${isSorted ? 'text-ink' : ''}`}
        onClick={() => onSort(isSorted && !sort.isDown ? null : { id, isDown: !isSorted || !sort.isDown })}
      >
        {title}
        {isSorted && <Arrow aria-hidden className="size-3" />}
      </button>
    </span>
  );
}

interface RowsProps<Row> extends TableProps<Row> {
  readonly template: string;
  readonly isNarrow: boolean;
}

function Rows<Row>(props: RowsProps<Row>) {
  return props.height === undefined ? <PageRows {...props} /> : <BoxRows {...props} height={props.height} />;
}

/** Scrolls with the page. */
function PageRows<Row>(props: RowsProps<Row>) {
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(ref.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: props.rows.length,
    estimateSize: () => (props.isNarrow ? CARD_PX : ROW_PX),
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => keyAt(props, index),
  });
  return (
    <div ref={ref} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, start, key }) => (
        <RowShell
          key={key}
          {...props}
          index={index}
          top={start - top}
          measure={virtual.measureElement}
          onMove={virtual.scrollToIndex}
        />
      ))}
    </div>
  );
}

/** Scrolls in a box of its own. */
function BoxRows<Row>(props: RowsProps<Row> & { readonly height: string }) {
  const ref = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: props.rows.length,
    getScrollElement: () => ref.current,
    estimateSize: () => (props.isNarrow ? CARD_PX : ROW_PX),
    overscan: 12,
    getItemKey: (index) => keyAt(props, index),
  });
  return (
    <div ref={ref} role="presentation" className="overflow-y-auto" style={{ maxHeight: props.height }}>
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => (
          <RowShell
            key={key}
            {...props}
            index={index}
            top={start}
            measure={virtual.measureElement}
            onMove={virtual.scrollToIndex}
          />
        ))}
      </div>
    </div>
  );
}

function keyAt<Row>({ rows, keyOf }: TableProps<Row>, index: number): string {
  const row = rows[index];
  return row === undefined ? String(index) : keyOf(row);
}

/** Drawn anew when it says something else, not when what is above or below it is scrolled. */
const RowShell = memo(OneRow) as typeof OneRow;

function OneRow<Row>({
  rows,
  columns,
  keyOf,
  onOpen,
  openKey = null,
  template,
  isNarrow,
  index,
  top,
  measure,
  onMove,
}: RowsProps<Row> & {
  readonly index: number;
  readonly top: number;
  readonly measure: (element: HTMLElement | null) => void;
  readonly onMove: (index: number) => void;
}) {
  const row = rows[index];
  if (row === undefined) return null;
  const isOpen = openKey !== null && keyOf(row) === openKey;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter') onOpen?.(row);
    else if (event.key === 'ArrowDown') moveTo(event.currentTarget, index + 1, rows.length, onMove);
    else if (event.key === 'ArrowUp') moveTo(event.currentTarget, index - 1, rows.length, onMove);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={measure}
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onOpen === undefined ? undefined : ({ target }) => !isOfItsOwn(target) && onOpen(row)}
      className={`absolute inset-x-0 grid min-h-10 items-center gap-y-0.5 border-b border-line/60 py-1.5 max-md:py-2 ${onOpen === undefined ? '' : 'cursor-pointer hover:bg-raised'} ${isOpen ? 'bg-accent-soft' : ''}`}
      style={{ transform: `translateY(${top}px)`, ...(isNarrow ? {} : { gridTemplateColumns: template }) }}
    >
      {columns.map(({ id, title, cell, isNumber = false }) => (
        <div
          key={id}
          role="cell"
          className={`min-w-0 px-2 max-md:grid max-md:grid-cols-[6.5rem_1fr] max-md:gap-2 ${isNumber ? 'tabular-nums md:text-right' : ''}`}
        >
          <span aria-hidden className="text-xs text-mute md:hidden">
            {title}
          </span>
          <div className="min-w-0">{cell(row)}</div>
        </div>
      ))}
    </div>
  );
}

/** A link or a button in a row does what it says, not what the row does. */
function isOfItsOwn(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button') !== null;
}

/** The row may not be in the page yet: it comes with the scrolling. */
function moveTo(from: HTMLElement, index: number, count: number, scroll: (index: number) => void): void {
  if (index < 0 || index >= count) return;
  const group = from.parentElement;
  scroll(index);
  requestAnimationFrame(() =>
    group?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true }),
  );
}

function sortRows<Row>(rows: readonly Row[], by: (row: Row) => string | number, isDown: boolean): readonly Row[] {
  const sign = isDown ? -1 : 1;
  return rows
    .map((row) => ({ row, key: by(row) }))
    .toSorted((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0))
    .map(({ row }) => row);
}

function useIsNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const query = window.matchMedia(NARROW);
    const listen = (): void => setNarrow(query.matches);
    query.addEventListener('change', listen);
    return () => query.removeEventListener('change', listen);
  }, []);
  return isNarrow;
}
