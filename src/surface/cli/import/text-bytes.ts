// Bytes that may or may not be text.

import { isUtf8 } from 'node:buffer';

const LINE_END = 0x0a;

/** Lines, counted from 1, that are not UTF-8. */
export function linesNotUtf8(bytes: Uint8Array): ReadonlySet<number> {
  const broken = new Set<number>();
  if (isUtf8(bytes)) return broken;
  let [line, from] = [1, 0];
  while (from <= bytes.length) {
    const at = bytes.indexOf(LINE_END, from);
    const end = at === -1 ? bytes.length : at;
    if (!isUtf8(bytes.subarray(from, end))) broken.add(line);
    [line, from] = [line + 1, end + 1];
  }
  return broken;
}

/** By its mark, as some editors and shells of Windows write it. */
export function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** Lines and columns, counted from 1, of offsets in a text. */
export class Places {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  lineOf(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  columnOf(offset: number): number {
    return offset - (this.#starts[this.lineOf(offset) - 1] as number) + 1;
  }
}
