// Updates made and kept: what the agents were told is done, against what stands in the file. Neither passes through Brigade.

import { type JournalLine, linesOf } from '../journal.ts';
import { type FileEdit, METADATA_FILE, parseMetadata } from '../workspace-files.ts';

export interface Tally {
  /** Edits that an agent saw through to the end. */
  readonly made: number;
  /** Those of them that are in the file. */
  readonly kept: number;
  readonly lost: readonly FileEdit[];
  /** Edits that are in the file more than once. */
  readonly twice: number;
  /** In the file, each edit was made under a later lock than the one before it. */
  readonly inTokenOrder: boolean;
  readonly byAgent: ReadonlyMap<string, { readonly made: number; readonly kept: number }>;
}

/** `metadata` is the text of the shared file; one that is gone or broken keeps nothing. */
export function talliedIn(journals: readonly (readonly JournalLine[])[], metadata: string | null): Tally {
  const made = journals.flatMap(editsOf);
  const edits = editsIn(metadata);
  const inFile = new Set(edits.map(keyOf));
  const lost = made.filter((edit) => !inFile.has(keyOf(edit)));
  const agents = new Set(made.map(({ agent }) => agent));
  const byAgent = new Map(
    [...agents].map((agent) => {
      const own = made.filter((edit) => edit.agent === agent);
      return [agent, { made: own.length, kept: own.filter((edit) => inFile.has(keyOf(edit))).length }] as const;
    }),
  );
  return {
    made: made.length,
    kept: made.length - lost.length,
    lost,
    twice: edits.length - inFile.size,
    inTokenOrder: edits.every((edit, i) => edit.token > (edits[i - 1]?.token ?? 0)),
    byAgent,
  };
}

/** Edits of the shared file that an agent noted as done. */
function editsOf(journal: readonly JournalLine[]): readonly FileEdit[] {
  const agent = agentIn(journal);
  if (agent === null) return [];
  return linesOf(journal, 'edited')
    .filter(({ file }) => file === METADATA_FILE)
    .map(({ update, token }) => ({ agent, update, token }));
}

/** Under which name the agent registered. */
function agentIn(journal: readonly JournalLine[]): string | null {
  return linesOf(journal, 'registered')[0]?.agentId ?? null;
}

function editsIn(metadata: string | null): readonly FileEdit[] {
  if (metadata === null) return [];
  try {
    return parseMetadata(metadata).edits;
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function keyOf({ agent, update }: FileEdit): string {
  return `${agent} ${update}`;
}
