// Aligned columns. On a terminal a table never takes more columns than there are: first the columns that may go are left
// out, then those that may shrink are cut. Where nobody sees a width (a pipe, a file) nothing is cut.

import { cutEnd, cutMiddle, textWidth } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** How it is cut when there is little room; absent: never cut. */
  readonly cut?: 'middle' | 'end';
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

const GAP = '  ';
/** A column is not cut below this. */
const NARROWEST = 8;

/** A line of titles and one line a row, without line ends and without trailing blanks. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions,
): readonly string[] {
  const cells = new Map(columns.map((column) => [column, rows.map((row) => column.text(row))] as const));
  const natural = (column: Column<Row>) =>
    Math.max(textWidth(column.title), ...(cells.get(column) ?? []).map((cell) => textWidth(cell)));
  const shown = fitting(
    columns.filter((column) => hasContent(cells.get(column) ?? [])),
    natural,
    options.width,
  );
  const widths = shrunk(shown, natural, options.width);
  const lineOf = (texts: readonly string[], paint: (column: Column<Row>, text: string) => string) =>
    shown
      .map((column, i) =>
        paint(column, padded(column, texts[i] as string, widths[i] as number, i === shown.length - 1)),
      )
      .join(GAP)
      .trimEnd();
  return [
    lineOf(
      shown.map((column) => column.title),
      (_, text) => options.title(text),
    ),
    ...rows.map((row, r) =>
      lineOf(
        shown.map((column) => (cells.get(column) as readonly string[])[r] as string),
        (column, text) => column.paint?.(text, row) ?? text,
      ),
    ),
  ];
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
  const least = (column: Column<Row>) =>
    column.cut === undefined ? natural(column) : Math.min(natural(column), NARROWEST * 2);
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

/** Takes columns from the widest that may be cut until the line fits. */
function shrunk<Row>(
  columns: readonly Column<Row>[],
  natural: (column: Column<Row>) => number,
  width: number,
): readonly number[] {
  const widths = columns.map(natural);
  while (total(widths) > width) {
    let widest = -1;
    columns.forEach((column, i) => {
      const canShrink = column.cut !== undefined && (widths[i] as number) > NARROWEST;
      if (canShrink && (widest === -1 || (widths[i] as number) > (widths[widest] as number))) widest = i;
    });
    if (widest === -1) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
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
