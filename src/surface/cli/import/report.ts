// What became of everything that was found: the report of an import, for a program as it is and for a person as text.

/** Why something was not taken, and what to do about it. */
export interface Refusal {
  /** In the file, counted from 1; null where it is not about one line. */
  readonly line: number | null;
  readonly message: string;
  readonly next: string;
}

/** A field that means something here and could not be taken as it was. The record keeps it as it was. */
export interface FieldChange {
  readonly field: string;
  readonly was: string;
  readonly became: string;
  readonly why: string;
}

/**
 * `taken`: the agent is registered as its record says. `attached`: the fleet knew it, and it keeps its lifecycle, tags and
 * notes. `unchanged`: this very record is known.
 */
export type AgentOutcome = 'taken' | 'attached' | 'unchanged' | 'refused';

export interface AgentReport {
  readonly agentId: string;
  readonly line: number;
  readonly outcome: AgentOutcome;
  readonly lifecycle: string | null;
  readonly changed: readonly FieldChange[];
  /** Fields that are in the record and that Brigade has no other place for. */
  readonly kept: readonly string[];
  /** Fields of the old system that this record lacks. */
  readonly lacking: readonly string[];
  readonly refusal: Refusal | null;
}

export interface FileReport {
  readonly file: string;
  readonly agentId: string | null;
  readonly outcome: 'taken' | 'unchanged' | 'refused';
  /** Lines that were taken, and that were known. */
  readonly taken: number;
  readonly unchanged: number;
  /** Lines that were refused, and the first of them one by one. */
  readonly refused: number;
  readonly refusals: readonly Refusal[];
  /** Columns that are kept with the lines and that the export in the old columns has no place for. */
  readonly kept: readonly string[];
  readonly lacking: readonly string[];
  readonly remarks: readonly string[];
}

export interface ImportReport {
  readonly folder: string;
  readonly dryRun: boolean;
  readonly timezone: string;
  /** Of `agent_metadata.json`; null where it was read, or is not there. */
  readonly metadataRefusal: Refusal | null;
  readonly agents: readonly AgentReport[];
  readonly files: readonly FileReport[];
  /** Files of the folder that are none of these. */
  readonly leftAlone: readonly string[];
}

export interface Totals {
  readonly agentsTaken: number;
  readonly agentsAttached: number;
  readonly agentsUnchanged: number;
  readonly linesTaken: number;
  readonly linesUnchanged: number;
  readonly refused: number;
}

export function totalsOf({ agents, files, metadataRefusal }: ImportReport): Totals {
  const count = (outcome: AgentOutcome): number => agents.filter((agent) => agent.outcome === outcome).length;
  const sum = (of: (file: FileReport) => number): number => files.reduce((total, file) => total + of(file), 0);
  return {
    agentsTaken: count('taken'),
    agentsAttached: count('attached'),
    agentsUnchanged: count('unchanged'),
    linesTaken: sum(({ taken }) => taken),
    linesUnchanged: sum(({ unchanged }) => unchanged),
    refused: count('refused') + sum(({ refused }) => refused) + (metadataRefusal === null ? 0 : 1),
  };
}
