// Aligned columns. On a terminal a table never takes more columns than there are: first the columns that may go are left
// out, then those that may shrink are cut. Where nobody sees a width (a pipe, a file) nothing is cut.

import { cutEnd, cutMiddle, textWidth } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** How it is cut when there is little room; absent: never cut. */
  readonly cut?: 'middle' | 'end';
  /** It is cut below this many columns only when nothing is left that could be left out (16). */
  readonly least?: number;
  /** Left out in a narrow terminal, the highest number first; absent: always there. */
  readonly leaveOut?: number;
  /** Colours a cell after it was cut and padded. */
  readonly paint?: (text: string, row: Row) => string;
}

export interface TableOptions {
  /** Columns of the terminal; Infinity for a pipe. */
  readonly width: number;
  readonly title: (text: string) => string;
}

export interface Table {
  /** A line of titles and one line a row, without line ends and without trailing blanks. */
  readonly lines: readonly string[];
  /** Titles of columns for which there was no room. */
  readonly leftOut: readonly string[];
}

const GAP = '  ';
const LEAST = 16;
/** A column is never cut below this. */
const NARROWEST = 8;

/** The lines of a table. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions,
): readonly string[] {
  return makeTable(columns, rows, options).lines;
}

export function makeTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], options: TableOptions): Table {
  const cells = new Map(columns.map((column) => [column, rows.map((row) => column.text(row))] as const));
  const natural = (column: Column<Row>) =>
    Math.max(textWidth(column.title), ...(cells.get(column) ?? []).map((cell) => textWidth(cell)));
  const telling = columns.filter((column) => hasContent(cells.get(column) ?? []));
  const shown = fitting(telling, natural, options.width);
  const widths = shrunk(shown, natural, options.width);
  const lineOf = (texts: readonly string[], paint: (column: Column<Row>, text: string) => string) =>
    shown
      .map((column, i) =>
        paint(column, padded(column, texts[i] as string, widths[i] as number, i === shown.length - 1)),
      )
      .join(GAP)
      .trimEnd();
  const titles = lineOf(
    shown.map((column) => column.title),
    (_, text) => options.title(text),
  );
  const body = rows.map((row, r) =>
    lineOf(
      shown.map((column) => (cells.get(column) as readonly string[])[r] as string),
      (column, text) => column.paint?.(text, row) ?? text,
    ),
  );
  return {
    lines: [titles, ...body],
    leftOut: telling.filter((column) => !shown.includes(column)).map((column) => column.title),
  };
}

/** A column in which every cell is empty says nothing. */
function hasContent(cells: readonly string[]): boolean {
  return cells.some((cell) => cell !== '');
}

function fitting<Row>(
  columns: readonly Column<Row>[],
  natural: (column: Column<Row>) => number,
  width: number,
): readonly Column<Row>[] {
  let shown = columns;
  const least = (column: Column<Row>) => Math.min(natural(column), leastOf(column));
  while (total(shown.map(least)) > width) {
    const next = shown.reduce<Column<Row> | null>(
      (worst, each) => ((each.leaveOut ?? 0) > (worst?.leaveOut ?? 0) ? each : worst),
      null,
    );
    if (next === null) return shown;
    shown = shown.filter((column) => column !== next);
  }
  return shown;
}

/** Takes columns from the widest that may be cut until the line fits, first from those that have more than their least. */
function shrunk<Row>(
  columns: readonly Column<Row>[],
  natural: (column: Column<Row>) => number,
  width: number,
): readonly number[] {
  const widths = columns.map(natural);
  const bounds = [
    columns.map(leastOf),
    columns.map((column) => (column.cut === undefined ? leastOf(column) : NARROWEST)),
  ];
  for (const bound of bounds) {
    for (let i = widestAbove(widths, bound); total(widths) > width && i !== -1; i = widestAbove(widths, bound)) {
      widths[i] = (widths[i] as number) - 1;
    }
  }
  return widths;
}

/** Position of the widest column that is wider than its bound; -1 where none is. */
function widestAbove(widths: readonly number[], bound: readonly number[]): number {
  let widest = -1;
  widths.forEach((width, i) => {
    if (width > (bound[i] as number) && (widest === -1 || width > (widths[widest] as number))) widest = i;
  });
  return widest;
}

function leastOf<Row>({ cut, least }: Column<Row>): number {
  return cut === undefined ? Number.POSITIVE_INFINITY : (least ?? LEAST);
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + GAP.length * Math.max(0, widths.length - 1);
}

function padded<Row>(column: Column<Row>, text: string, width: number, isLast: boolean): string {
  const shown = column.cut === 'middle' ? cutMiddle(text, width) : column.cut === 'end' ? cutEnd(text, width) : text;
  const blanks = ' '.repeat(Math.max(0, width - textWidth(shown)));
  if (column.align === 'right') return `${blanks}${shown}`;
  return isLast ? shown : `${shown}${blanks}`;
}
