// The log as history leaves Brigade: CSV with pinned columns, NDJSON or JSON with every fact and the hash of its batch, and
// check-ins of `eisv-v1` in the columns of November 2025. Complete and streamed: at no time is more than a few hundred rows
// in memory, besides the state that a CSV is folded with, which is bounded by what lives.
//
// Text of a CSV that a spreadsheet would run as a formula gets an apostrophe in front: agents write reasons, and people open
// such files. Numbers are left alone. NDJSON and JSON carry every text as it is.

import { stringify } from 'csv-stringify/sync';
import type { Coordinator, FeedEvent } from '../../app/coordinator.ts';
import { apply } from '../../core/apply.ts';
import { concerns } from '../../core/audit/concerns.ts';
import { EISV_COLUMNS, eisvRow, importedEisvRow } from '../../core/audit/eisv-row.ts';
import { HISTORY_COLUMNS, historyRow } from '../../core/audit/history-row.ts';
import { emptyState } from '../../core/fleet-state.ts';
import { withoutMessageText } from '../../core/message/private-text.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'json'] as const;

export interface HistoryOptions {
  readonly format: (typeof EXPORT_FORMATS)[number];
  /** Check-ins of `eisv-v1` in the old columns instead of events; CSV only. */
  readonly eisv: boolean;
  /** Only what concerns this agent. */
  readonly agentId: string | null;
  /** Numbers of the log, both included. */
  readonly from: number;
  readonly to: number;
  /** The reader is an operator, who sees what agents write to each other. */
  readonly withTexts: boolean;
  readonly signal: AbortSignal;
}

/** Some lines of the export, without the last line end, and how far it is. */
export interface HistoryPart {
  readonly lines: string;
  readonly rows: number;
  /** Number of the last event that was looked at. */
  readonly seq: number;
  /** Messages whose text was left out. */
  readonly withheld: number;
}

type Source = Pick<Coordinator, 'feed'>;
type Cells = readonly (string | number | null)[];

/** Ends at what was the head when it began, or with the signal. Throws `StoreFault` where the log cannot be read. */
export function historyText(source: Source, options: HistoryOptions): AsyncIterable<HistoryPart> {
  if (options.eisv) return inParts(eisvLines(source, options));
  switch (options.format) {
    case 'csv':
      return inParts(csvLines(source, options));
    case 'ndjson':
      return inParts(ndjsonLines(source, options));
    case 'json':
      return inParts(jsonLines(source, options));
  }
}

/** A row as cells of a CSV, or a line as it is; `rows` 0 for a line that is no row. */
interface Piece {
  readonly cells?: Cells;
  readonly line?: string;
  readonly rows: 0 | 1;
  readonly seq: number;
  readonly withheld: 0 | 1;
}

async function* csvLines(source: Source, options: HistoryOptions): AsyncIterable<Piece> {
  yield { cells: HISTORY_COLUMNS, rows: 0, seq: 0, withheld: 0 };
  const state = emptyState();
  // What happened before the first row says how long was waited and held in it.
  for await (const event of facts(source, { ...options, from: 1, agentId: null })) {
    const isAsked = event.seq >= options.from && isWanted(event, options);
    const row = isAsked ? historyRow(state, event) : null;
    apply(state, event);
    const cells = row === null ? {} : { cells: HISTORY_COLUMNS.map((column) => row[column]) };
    yield { ...cells, rows: isAsked ? 1 : 0, seq: event.seq, withheld: 0 };
  }
}

async function* ndjsonLines(source: Source, options: HistoryOptions): AsyncIterable<Piece> {
  for await (const event of facts(source, options)) {
    const told = options.withTexts ? event : withoutMessageText(event);
    yield {
      line: JSON.stringify(told),
      rows: 1,
      seq: event.seq,
      withheld: told === event || event.type !== 'message.sent' ? 0 : 1,
    };
  }
}

async function* jsonLines(source: Source, options: HistoryOptions): AsyncIterable<Piece> {
  yield { line: '[', rows: 0, seq: 0, withheld: 0 };
  let separator = '';
  let seq = 0;
  for await (const piece of ndjsonLines(source, options)) {
    seq = piece.seq;
    yield { ...piece, line: `${separator}${piece.line}` };
    separator = ',';
  }
  // An array that was given up is left open, so that nobody takes it for the whole.
  if (!options.signal.aborted) yield { line: ']', rows: 0, seq, withheld: 0 };
}

/** What came from the old system first, as it was, then what was recorded here: two passes over the same part of the log. */
async function* eisvLines(source: Source, options: HistoryOptions): AsyncIterable<Piece> {
  yield { cells: EISV_COLUMNS, rows: 0, seq: 0, withheld: 0 };
  let seq = 0;
  for await (const event of facts(source, options)) {
    seq = event.seq;
    const rows = event.type === 'history.imported' ? event.rows : [];
    const columns = event.type === 'history.imported' ? event.columns : [];
    for (const row of rows)
      yield { cells: importedEisvRow(event.agentId ?? '', columns, row), rows: 1, seq, withheld: 0 };
  }
  for await (const event of facts(source, { ...options, to: Math.min(options.to, seq) })) {
    const cells = event.type === 'checkin.recorded' ? eisvRow(event) : null;
    if (cells !== null) yield { cells, rows: 1, seq, withheld: 0 };
  }
}

async function* facts(source: Source, options: HistoryOptions): AsyncIterable<FeedEvent> {
  const { from, to, signal } = options;
  for await (const event of source.feed({ after: from - 1, once: true, signal })) {
    if (event.seq > to) return;
    if (isWanted(event, options)) yield event;
  }
}

function isWanted(event: FeedEvent, { agentId }: HistoryOptions): boolean {
  return agentId === null || concerns(event, agentId);
}

const PART_BYTES = 64 * 1024;
const PART_ROWS = 500;

/** Gathers pieces, so that neither the CSV writer nor the stream is asked for each row. */
async function* inParts(pieces: AsyncIterable<Piece>): AsyncIterable<HistoryPart> {
  let gathered = new Part();
  for await (const piece of pieces) {
    gathered.add(piece);
    if (!gathered.isFull) continue;
    yield gathered.told();
    gathered = new Part();
  }
  yield gathered.told();
}

class Part {
  readonly #lines: string[] = [];
  readonly #cells: Cells[] = [];
  #bytes = 0;
  #looked = 0;
  #rows = 0;
  #seq = 0;
  #withheld = 0;

  get isFull(): boolean {
    return this.#bytes >= PART_BYTES || this.#looked >= PART_ROWS;
  }

  add({ cells, line, rows, seq, withheld }: Piece): void {
    if (cells !== undefined) this.#cells.push(cells);
    if (line !== undefined) this.#lines.push(line);
    this.#bytes += line?.length ?? 0;
    this.#looked += 1;
    this.#rows += rows;
    this.#withheld += withheld;
    this.#seq = seq;
  }

  told(): HistoryPart {
    const lines = this.#cells.length === 0 ? this.#lines.join('\n') : csvText(this.#cells);
    return { lines, rows: this.#rows, seq: this.#seq, withheld: this.#withheld };
  }
}

/** Rows of a CSV without the last line end. */
function csvText(rows: readonly Cells[]): string {
  return stringify(rows as Cells[], { eof: false, cast: { string: safeForSpreadsheets } });
}

const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+|nan|inf(?:inity)?)$/i;

function safeForSpreadsheets(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
