// How many columns a text takes on a terminal: two for the wide characters of East Asia and for emoji, none for marks that
// combine with the character before. An approximation by blocks; a wrong guess only moves a column.

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];
const ASCII = /^[\x20-\x7e]*$/;
const COMBINING = /^[\p{Mn}\p{Me}]$/u;
const ELLIPSIS = '…';

export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const point of text) width += pointWidth(point);
  return width;
}

/** `text` in at most `width` columns, cut at the end. */
export function cutEnd(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return width < 1 ? '' : `${takeStart(Array.from(text), width - 1)}${ELLIPSIS}`;
}

/** `text` in at most `width` columns, cut in the middle: a path tells most by its ends. */
export function cutMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  const room = width - 1;
  const points = Array.from(text);
  const end = Array.from(takeStart(points.toReversed(), Math.ceil(room / 2)))
    .toReversed()
    .join('');
  return `${takeStart(points, Math.floor(room / 2))}${ELLIPSIS}${end}`;
}

function takeStart(points: readonly string[], width: number): string {
  let taken = '';
  let used = 0;
  for (const point of points) {
    used += pointWidth(point);
    if (used > width) break;
    taken += point;
  }
  return taken;
}

function pointWidth(point: string): number {
  const code = point.codePointAt(0) as number;
  if (code < 0x300) return 1;
  if (COMBINING.test(point)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
