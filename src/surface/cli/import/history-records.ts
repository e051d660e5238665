// Reads `governance_history_<id>.csv`: one record after the other, each with its line, and each line that is none with what
// is wrong with it. A line that is wrong refuses itself alone: a quote that is never closed does not swallow what follows.

import { CsvError, parse } from 'csv-parse/sync';
import { EISV_COLUMNS } from '../../../core/audit/eisv-row.ts';
import { bytesOfLines } from '../../../core/audit/import.ts';
import { LIMITS } from '../../../core/limits.ts';
import { counted } from '../../../core/view/count-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { type FoundLine, LINE_BYTES, linesOf } from './history-lines.ts';
import type { Refusal } from './report.ts';

/** Columns of numbers. What Python wrote for those that are none (nan, inf) is kept as it is. */
const NUMBERS: ReadonlySet<string> = new Set(
  EISV_COLUMNS.filter((column) => column !== 'agent_id' && column !== 'decision'),
);
const KNOWN: ReadonlySet<string> = new Set(EISV_COLUMNS);
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|nan|inf(?:inity)?)\s*$/i;
const TRUTH = /^\s*(?:true|false)\s*$/i;
/** A cell with line ends in it: so many lines are looked at for its closing quote. */
const JOINED_LINES = 32;

export type HistoryRecord =
  | { readonly kind: 'header'; readonly columns: readonly string[] }
  | { readonly kind: 'row'; readonly line: number; readonly row: readonly string[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nothing of the file can be read. */
  | { readonly kind: 'no history'; readonly refusal: Refusal };

/** The line of column names first, then records and refusals in the order of the file. */
export async function* recordsOf(path: string, agentId: string): AsyncIterable<HistoryRecord> {
  const lines = new LookAhead(linesOf(path));
  try {
    const header = headerOf(await lines.next());
    yield header;
    if (header.kind !== 'header') return;
    for (let found = await lines.next(); found !== null; found = await lines.next()) {
      if (found.text?.trim() !== '') yield await recordAt(found, lines, header.columns, agentId);
    }
  } finally {
    await lines.close();
  }
}

function headerOf(found: FoundLine | null): HistoryRecord & { readonly kind: 'header' | 'no history' } {
  if (found === null) return noHistory('It is empty.', 'Nothing is lost: there was nothing in it.');
  if (found.flaw === 'UTF-16') return noHistory('It is written in UTF-16.', 'Save it as UTF-8.');
  const read = cellsOf(found);
  if ('flaw' in read) return noHistory(`Its line of column names cannot be read. ${read.flaw}`, 'Correct it.');
  const columns = read.cells.map((name) => name.trim());
  if (columns.some((column) => KNOWN.has(column))) return { kind: 'header', columns };
  return noHistory(
    'Its first line names none of the columns of a governance history.',
    `Put the column names into the first line: ${EISV_COLUMNS.join(',')}.`,
  );
}

async function recordAt(
  found: FoundLine,
  lines: LookAhead,
  columns: readonly string[],
  agentId: string,
): Promise<HistoryRecord> {
  const { line } = found;
  const read = await cellsAcrossLines(found, lines, columns);
  const flaw = 'flaw' in read ? read.flaw : flawOf(read.cells, columns, agentId);
  if (flaw === null && 'cells' in read) return { kind: 'row', line, row: read.cells };
  return { kind: 'refused', refusal: { line, message: flaw ?? '', next: NEXT } };
}

const NEXT = 'Correct the line and import again; lines that were taken are known then.';

type Read = { readonly cells: readonly string[] } | { readonly flaw: string; readonly isOpen?: boolean };

/** The cells of the line; or, where a quote is open at its end, of it and the following ones up to where it closes. */
async function cellsAcrossLines(first: FoundLine, lines: LookAhead, columns: readonly string[]): Promise<Read> {
  const alone = cellsOf(first);
  if (!('flaw' in alone) || alone.isOpen !== true) return alone;
  let [text, end] = [first.text ?? '', first.end];
  for (let more = 0; more < JOINED_LINES; more += 1) {
    const following = await lines.peek(more);
    if (following?.text == null || text.length + following.text.length > LINE_BYTES) break;
    [text, end] = [`${text}${end}${following.text}`, following.end];
    const joined = cellsOf({ ...first, text });
    if ('flaw' in joined && joined.isOpen === true) continue;
    if ('flaw' in joined || !isPlausible(joined.cells, columns)) break;
    lines.pass(more + 1);
    return joined;
  }
  return alone;
}

/** What the old system wrote itself has no line ends: a quote that was never closed would put some there. */
function isPlausible(cells: readonly string[], columns: readonly string[]): boolean {
  return (
    cells.length === columns.length && cells.every((cell, i) => !cell.includes('\n') || !KNOWN.has(columns[i] ?? ''))
  );
}

function cellsOf({ text, flaw }: FoundLine): Read {
  if (text === null) return { flaw: FLAWS[flaw ?? 'not UTF-8'] };
  try {
    const records: readonly string[][] = parse(text, { relax_column_count: true, record_delimiter: RECORD_END });
    return { cells: records[0] ?? [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
    return { flaw: isOpen ? 'A quote is not closed.' : 'A quote stands where none may.', isOpen };
  }
}

/** In no text: what is given is one record, whatever line ends are in its cells. */
const RECORD_END = '\u0000\u0000';

const FLAWS: Readonly<Record<NonNullable<FoundLine['flaw']>, string>> = {
  'too long': `It is longer than ${LINE_BYTES} bytes.`,
  'not UTF-8': 'It is not UTF-8.',
  'UTF-16': 'It is written in UTF-16.',
};

function flawOf(cells: readonly string[], columns: readonly string[], agentId: string): string | null {
  if (cells.length !== columns.length)
    return `It has ${counted(cells.length, 'cell')}, and there are ${columns.length} columns.`;
  for (const [i, cell] of cells.entries()) {
    const column = columns[i] ?? '';
    if (column === 'agent_id' && cell.trim() !== '' && cell.trim() !== agentId)
      return `It is a line of ${quoted(cell)}, and the file is ${agentId}'s.`;
    if (NUMBERS.has(column) && !isNumber(column, cell)) return `${column} is ${quoted(cell)}, which is no number.`;
  }
  const bytes = bytesOfLines(columns, [cells]);
  return bytes > LIMITS.importBytes
    ? `It has ${bytes} bytes as it would be kept; at most ${LIMITS.importBytes}.`
    : null;
}

/** An empty cell says nothing, which is no flaw. */
function isNumber(column: string, cell: string): boolean {
  return cell.trim() === '' || NUMBER.test(cell) || (column === 'void_event' && TRUTH.test(cell));
}

function quoted(cell: string): string {
  return JSON.stringify(oneLine(cell, 60));
}

function noHistory(message: string, next: string): HistoryRecord & { readonly kind: 'no history' } {
  return { kind: 'no history', refusal: { line: 1, message, next } };
}

/** Lines that may be looked at before they are taken. */
class LookAhead {
  readonly #lines: AsyncIterator<FoundLine>;
  readonly #seen: FoundLine[] = [];

  constructor(lines: AsyncIterable<FoundLine>) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  async next(): Promise<FoundLine | null> {
    const first = await this.peek(0);
    this.#seen.shift();
    return first;
  }

  /** The line `ahead` of the next one. */
  async peek(ahead: number): Promise<FoundLine | null> {
    while (this.#seen.length <= ahead) {
      const found = await this.#lines.next();
      if (found.done === true) return null;
      this.#seen.push(found.value);
    }
    return this.#seen[ahead] ?? null;
  }

  /** Closes the file, also when its end was not reached. */
  async close(): Promise<void> {
    await this.#lines.return?.();
  }

  pass(count: number): void {
    this.#seen.splice(0, count);
  }
}
