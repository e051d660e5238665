// What the suite is made of. A section measures one thing in several rows; a row is one way of doing it, at one size, with a
// figure for each column of the section.

export interface Column {
  readonly name: string;
  /** Over the column of a table: `pairs/s`. */
  readonly head: string;
  /** Behind a figure in running text: `pairs/s`, `ms`; empty for plain numbers. */
  readonly unit: string;
  /** Whether less is better. */
  readonly isCost: boolean;
}

/**
 * What an answer is still true after: the end of its process (`os`), or of the power (`disk`); `memory`: neither. `none` where
 * nothing is kept.
 */
export type Survives = 'memory' | 'os' | 'disk' | 'none';

export type Target = { readonly atLeast: number } | { readonly atMost: number };

export interface Row {
  /** Unique among all rows: `pairs.desk.32`. Documents name their figures by it. */
  readonly id: string;
  readonly what: string;
  /** Callers, events, leases: where it stands in a picture and in a fit. */
  readonly size?: number;
  readonly survives: Survives;
  /** By name of a column; a column that says nothing of this row is left out. */
  readonly cells: Readonly<Record<string, number>>;
  readonly targets?: Readonly<Record<string, Target>>;
  /** The bare component underneath: what cannot be had cheaper. Judged by the first column. */
  readonly bare?: string;
}

export interface Chart {
  /** Of its file, after the section's: `pairs-rate`. */
  readonly name: string;
  readonly title: string;
  readonly column: string;
  /** Beside the axis of sizes; null for a chart of bars, one for each row that has the column. */
  readonly sizes: string | null;
  /** Which rows, and under which name each line or bar; null leaves a row out. */
  readonly lineOf: (id: string, what: string) => string | null;
}

/** How much is measured. */
export interface Ask {
  /** A tenth of the time, for looking whether all of it works: its figures are rough. */
  readonly isQuick: boolean;
  /** With the log of ten million events. */
  readonly isHuge: boolean;
}

export interface Section {
  readonly name: string;
  readonly title: string;
  /** For readers of the tables: what was done. */
  readonly about: string;
  readonly columns: readonly Column[];
  readonly charts: readonly Chart[];
  /** Only when it is named, or all are asked for. */
  readonly isLong?: true;
  /** Once, however often the suite repeats: it repeats by itself. */
  readonly isOnce?: true;
  readonly load: () => Promise<{ readonly measure: (ask: Ask) => Promise<readonly Row[]> }>;
}
