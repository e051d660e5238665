// How a scenario file is read. A file holds tables; a table is a story of one fleet from its founding on.
//
//   # a comment, with the reason
//   == A title                                    begins a table
//   ! core only: why                              it runs on the core alone, and why
//   at     who  says                    hears                    and then
//   00:00  ana  acquire file:app 30s    granted A
//   00:31  -    sweep                   ana expired, bo granted B    B > A
//
// Columns stand two or more spaces apart. `at` is MM:SS, MM:SS.mmm or HH:MM:SS; the first one of a table is the moment its
// fleet is founded. `who` is a session (an agent, or agent/2 for its second session), `op` for an operator, `-` for
// Brigade itself. What can be said is in `says.ts`, what is heard in `hears.ts`, what can be checked besides in `checks.ts`.

export interface Row {
  readonly line: number;
  /** Milliseconds since the first row. */
  readonly at: number;
  readonly who: string;
  readonly says: string;
  readonly hears: string;
  readonly checks: readonly string[];
}

export interface ScenarioTable {
  readonly title: string;
  /** Why it runs on the core alone; null when it runs everywhere. */
  readonly coreOnly: string | null;
  readonly rows: readonly Row[];
  /** Time of the first row, as written. */
  readonly startsAt: number;
}

/** The tables of a file. Throws with the line of whatever cannot be read. */
export function readTables(text: string): readonly ScenarioTable[] {
  const tables: { title: string; coreOnly: string | null; rows: Row[]; startsAt: number }[] = [];
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim();
    const at = i + 1;
    if (line === '' || line.startsWith('#')) return;
    if (line.startsWith('== ')) {
      tables.push({ title: line.slice(3), coreOnly: null, rows: [], startsAt: Number.NaN });
      return;
    }
    const table = tables.at(-1);
    if (table === undefined) throw new Error(`line ${at}: a row before any title`);
    if (line.startsWith('! core only: ')) table.coreOnly = line.slice('! core only: '.length);
    else if (!/^at\s+who\s+says\s+hears/.test(line)) table.rows.push(readRow(line, at, table));
  });
  for (const { title, rows } of tables) if (rows.length === 0) throw new Error(`the table "${title}" has no rows`);
  return tables;
}

function readRow(text: string, line: number, table: { startsAt: number }): Row {
  const [at, who, says, hears, ...checks] = text.split(/\s{2,}/);
  if (at === undefined || who === undefined || says === undefined || hears === undefined) {
    throw new Error(`line ${line}: a row has at, who, says and hears, two or more spaces apart`);
  }
  const moment = readTime(at, line);
  if (Number.isNaN(table.startsAt)) table.startsAt = moment;
  return { line, at: moment - table.startsAt, who, says, hears, checks };
}

/** Milliseconds of `MM:SS`, `MM:SS.mmm` or `HH:MM:SS`. */
export function readTime(text: string, line: number): number {
  const parts = /^(?:(\d+):)?(\d+):(\d\d)(?:\.(\d{1,3}))?$/.exec(text);
  if (parts === null) throw new Error(`line ${line}: ${text} is not a time such as 00:30 or 23:25:00`);
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = parts;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'));
}

/** Milliseconds of `30s`, `1.5s`, `5m`, `2h` or `250ms`; null for anything else. */
export function readDuration(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (parts === null) return null;
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[parts[2] as 'ms' | 's' | 'm' | 'h' | 'd'];
  return Math.round(Number(parts[1]) * unitMs);
}
