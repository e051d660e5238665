// Takes the lines of one history file that the log does not hold yet, some hundred at a time. Each such part is one event: a
// process that is killed has imported whole parts, and the next one goes on behind them.

import { EISV_COLUMNS } from '../../../core/audit/eisv-row.ts';
import { bytesOfLines, bytesOfRow } from '../../../core/audit/import.ts';
import { LIMITS } from '../../../core/limits.ts';
import { isRejection } from '../../../core/rejection.ts';
import type { Hasher } from '../../../ports/hasher.ts';
import { recordsOf } from './history-records.ts';
import { count, digestOfLines, type KnownLines, lineKey } from './known-imports.ts';
import { ImportStopped, isAboutTheData, refusalOf } from './refusals.ts';
import type { FileReport, Refusal } from './report.ts';
import type { Take } from './taker.ts';

/** Refused lines that are told one by one; of more, how many. */
const REFUSALS_TOLD = 1_000;

export interface HistoryFile {
  readonly file: string;
  readonly path: string;
  readonly agentId: string;
}

export interface HistoryImport {
  readonly take: Take;
  readonly hasher: Hasher;
  /** Of this agent; it is moved on with what is taken. */
  readonly known: KnownLines;
  readonly progress: (text: string) => void;
}

/** Somebody else imported lines of this agent meanwhile: what is known must be read again. */
export interface Overtaken {
  /** Lines that were taken before. */
  readonly overtakenAfter: number;
}

export async function importHistory(found: HistoryFile, options: HistoryImport): Promise<FileReport | Overtaken> {
  const run = new HistoryRun(found, options);
  for await (const record of recordsOf(found.path, found.agentId)) {
    switch (record.kind) {
      case 'no history':
        return refusedFile(found.file, found.agentId, record.refusal);
      case 'header':
        run.begin(record.columns);
        break;
      case 'refused':
        run.refuse(record.refusal);
        break;
      case 'row':
        if (!(await run.add(record.line, record.row))) return run.overtaken();
    }
  }
  return (await run.flush()) ? run.report() : run.overtaken();
}

export function refusedFile(file: string, agentId: string | null, refusal: Refusal): FileReport {
  return {
    file,
    agentId,
    outcome: 'refused',
    taken: 0,
    unchanged: 0,
    refused: 1,
    refusals: [refusal],
    kept: [],
    lacking: [],
    remarks: [],
  };
}

class HistoryRun {
  readonly #found: HistoryFile;
  readonly #options: HistoryImport;
  readonly #seen = new Map<string, number>();
  readonly #refusals: Refusal[] = [];
  readonly #remarks: string[] = [];
  #columns: readonly string[] = [];
  #rows: (readonly string[])[] = [];
  #lines: number[] = [];
  #bytes = 0;
  #taken = 0;
  #unchanged = 0;
  #refused = 0;

  constructor(found: HistoryFile, options: HistoryImport) {
    this.#found = found;
    this.#options = options;
  }

  begin(columns: readonly string[]): void {
    this.#columns = columns;
    this.#bytes = bytesOfLines(columns, []);
    const { columns: before } = this.#options.known;
    if (before !== null && JSON.stringify(before) !== JSON.stringify(columns))
      this.#remarks.push('Its columns are named otherwise than before; lines that are known keep the names they had.');
  }

  refuse(refusal: Refusal): void {
    this.#refused += 1;
    if (this.#refusals.length < REFUSALS_TOLD) this.#refusals.push(refusal);
  }

  /** False when others were faster. */
  async add(line: number, row: readonly string[]): Promise<boolean> {
    const { hasher, known, progress } = this.#options;
    const key = lineKey(hasher, row);
    if (count(this.#seen, key) <= (known.times.get(key) ?? 0)) {
      this.#unchanged += 1;
      return true;
    }
    const bytes = bytesOfRow(row);
    const isFull = this.#rows.length >= LIMITS.importLines || this.#bytes + bytes > LIMITS.importBytes;
    if (isFull && !(await this.flush())) return false;
    this.#rows.push(row);
    this.#lines.push(line);
    this.#bytes += bytes;
    progress(`${this.#found.file}: line ${line}`);
    return true;
  }

  /** Takes what was gathered; false when others were faster. */
  async flush(): Promise<boolean> {
    if (this.#rows.length === 0) return true;
    const { take, hasher, known } = this.#options;
    const [rows, lines, columns] = [this.#rows, this.#lines, this.#columns];
    const { agentId, path: source } = this.#found;
    const digest = digestOfLines(hasher, known.digest, rows);
    const body = { op: 'import_history', agentId, source, columns, rows, lines, after: known.count, digest } as const;
    const answer = await take(body);
    [this.#rows, this.#lines, this.#bytes] = [[], [], bytesOfLines(columns, [])];
    if (!isRejection(answer)) {
      [known.count, known.digest] = [answer.lines, digest];
      // Somebody else sent the very same part a moment before.
      if (answer.changed) this.#taken += rows.length;
      else this.#unchanged += rows.length;
      return true;
    }
    if (typeof answer.details.known === 'number') return false;
    if (!isAboutTheData(answer)) throw new ImportStopped(answer);
    for (const line of lines) this.refuse(refusalOf(line, answer));
    return true;
  }

  overtaken(): Overtaken {
    return { overtakenAfter: this.#taken };
  }

  report(): FileReport {
    const { file, agentId } = this.#found;
    const known: readonly string[] = EISV_COLUMNS;
    const isRefused = this.#taken + this.#unchanged === 0 && this.#refused > 0;
    return {
      file,
      agentId,
      outcome: this.#taken > 0 ? 'taken' : isRefused ? 'refused' : 'unchanged',
      taken: this.#taken,
      unchanged: this.#unchanged,
      refused: this.#refused,
      refusals: this.#refusals,
      kept: this.#columns.filter((column) => !known.includes(column)),
      lacking: known.filter((column) => !this.#columns.includes(column)),
      remarks: this.#remarks,
    };
  }
}
