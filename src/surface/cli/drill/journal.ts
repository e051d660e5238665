// What an agent notes while it works: one line a moment, written at once, so that a journal ends where its agent ended. The
// report is checked against journals and files, neither of which passes through Brigade.

/** How an agent heard that somebody is in its way. */
export interface Behind {
  readonly agentId: string;
  readonly kind: string;
  /** As the answer says: `alive`, `stopped`, `gone` or `unknown`. */
  readonly alive: string;
  readonly heldForMs: number;
  readonly idleForMs: number;
}

export interface JournalFacts {
  registered: { agentId: string; sessionId: string; warnings: readonly string[] };
  /** Asks for locks; waiting counts from here. */
  asked: { resources: readonly string[]; update: number | null };
  /** A call came back without the lock. */
  queued: { behind: readonly Behind[]; position: number | null; update: number | null };
  granted: { tokens: Readonly<Record<string, number>>; update: number | null };
  /** Begins and ends to touch a file. */
  entered: { file: string; token: number };
  left: { file: string; token: number };
  /** A governed write was acknowledged. */
  put: { key: string; version: number; token: number; update: number };
  /** A file was written. */
  edited: { file: string; token: number; update: number };
  released: { resources: readonly string[] };
  /** Brigade said no. */
  refused: { tool: string; code: string; token: number | null; message: string; tookMs: number };
  /** What came with an answer unasked. */
  noticed: { text: string };
  /** Looked around, and what it makes of it. */
  saw: { sentences: readonly string[]; tookMs: number };
  /** A call that does not wait was answered. */
  answered: { tool: string; tookMs: number };
  /** A governed write of its own was acknowledged; `tookMs` since the one before it. */
  wrote: { key: string; version: number; sinceLastMs: number };
  /** Belief in a lease had ended before the file was touched. */
  doubted: { token: number };
}

export type JournalKind = keyof JournalFacts;

/** `atMs` is the monotonic clock of the host, which all processes of the drill share. */
export type JournalLine = {
  [K in JournalKind]: { readonly atMs: number; readonly what: K } & Readonly<JournalFacts[K]>;
}[JournalKind];

export type LineOf<K extends JournalKind> = Extract<JournalLine, { what: K }>;

/** Lines of a journal file. The last one may be torn, where its agent was killed in the middle of it. */
export function parseJournal(text: string): readonly JournalLine[] {
  const lines = text.split('\n');
  const whole = lines.slice(0, -1);
  return whole.filter((line) => line !== '').map((line) => JSON.parse(line) as JournalLine);
}

export function linesOf<K extends JournalKind>(journal: readonly JournalLine[], what: K): readonly LineOf<K>[] {
  return journal.filter((line): line is LineOf<K> => line.what === what);
}
