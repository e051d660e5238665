// The lines of a file, one after the other, however large it is: with their numbers, and with what is wrong with those that
// are no text.

import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { isUtf16 } from './text-bytes.ts';

/** A longer line is refused; only this much of a file is in memory. */
export const LINE_BYTES = 64 * 1024;

const LINE_END = 0x0a;
const RETURN = 0x0d;
const BOM = [0xef, 0xbb, 0xbf] as const;

export interface FoundLine {
  /** Counted from 1. */
  readonly line: number;
  /** Without its end; null with a flaw. */
  readonly text: string | null;
  /** How it ends, for a cell that goes on in the next line. */
  readonly end: '\n' | '\r\n';
  readonly flaw: 'too long' | 'not UTF-8' | 'UTF-16' | null;
}

/** Lines end with LF or CRLF; a mark at the beginning of the file is passed over. */
export async function* linesOf(path: string): AsyncIterable<FoundLine> {
  const gathered = new Line();
  let line = 1;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (let from = 0; from <= chunk.length; ) {
      const at = chunk.indexOf(LINE_END, from);
      gathered.add(chunk.subarray(from, at === -1 ? chunk.length : at));
      if (at === -1) break;
      yield gathered.told(line);
      line += 1;
      from = at + 1;
    }
  }
  if (!gathered.isEmpty) yield gathered.told(line);
}

class Line {
  #parts: Buffer[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  add(part: Buffer): void {
    // A copy: a part of a chunk would keep the whole chunk.
    if (part.length > 0 && this.#bytes <= LINE_BYTES) this.#parts.push(Buffer.from(part));
    this.#bytes += part.length;
  }

  told(line: number): FoundLine {
    const isLong = this.#bytes > LINE_BYTES;
    const raw = isLong ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    const end = raw.at(-1) === RETURN ? '\r\n' : '\n';
    const bytes = withoutMarks(raw, line);
    const flaw = line === 1 && isUtf16(raw) ? 'UTF-16' : isLong ? 'too long' : isUtf8(bytes) ? null : 'not UTF-8';
    return { line, text: flaw === null ? bytes.toString() : null, end, flaw };
  }
}

function withoutMarks(bytes: Buffer, line: number): Buffer {
  const from = line === 1 && BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  return bytes.subarray(from, bytes.at(-1) === RETURN ? -1 : undefined);
}
