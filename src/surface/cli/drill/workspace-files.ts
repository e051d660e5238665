// The files that the agents edit, and what stands in them. Each edit leaves a trace of its own, so that the files alone show
// what was kept, whatever the log says.

/** What everybody rewrote that night, without a lock: one JSON file with the metadata of all agents. */
export const METADATA_FILE = 'data/agent_metadata.json';
/** The core file that lost 480 of its 500 lines in the second incident, and the one that is edited with it. */
export const CORE_FILE = 'src/governance_core.py';
export const SERVER_FILE = 'src/mcp_server.py';
/** Governed state that every update also writes, under the token of its lock. */
export const STATE_KEY = 'governance/last_update';

export const CORE_LINES = 500;
export const SERVER_LINES = 200;

/** One edit of the metadata file. */
export interface FileEdit {
  readonly agent: string;
  readonly update: number;
  /** Token of the lock it was made under; 0 for one made without. */
  readonly token: number;
}

export interface Metadata {
  readonly agents: Readonly<Record<string, { readonly total_updates: number }>>;
  readonly edits: readonly FileEdit[];
}

export const EMPTY_METADATA: Metadata = { agents: {}, edits: [] };

/** The file after one more edit: read whole, changed, written whole. */
export function withEdit(text: string, edit: FileEdit): string {
  const { agents, edits } = parseMetadata(text);
  const before = agents[edit.agent]?.total_updates ?? 0;
  return textOf({ agents: { ...agents, [edit.agent]: { total_updates: before + 1 } }, edits: [...edits, edit] });
}

export function textOf(metadata: Metadata): string {
  return `${JSON.stringify(metadata, null, 1)}\n`;
}

/** Throws a `SyntaxError` when it is no JSON, as a half-written file would be. */
export function parseMetadata(text: string): Metadata {
  return JSON.parse(text) as Metadata;
}

/** A source file of `count` lines. */
export function sourceText(count: number): string {
  return Array.from({ length: count }, (_, i) => `def rule_${i + 1}(): pass\n`).join('');
}

/** The source file with line `line` (from 1) signed by `agent`: one line changed, the whole file written. */
export function withSignature(text: string, line: number, agent: string): string {
  const lines = text.split('\n');
  lines[line - 1] = `${lines[line - 1] ?? ''}  # seen by ${agent}`;
  return lines.join('\n');
}

/** The source file with line `line` (from 1) marked by `agent` alone, whoever marked it before: it does not grow. */
export function withMark(text: string, line: number, agent: string): string {
  const lines = text.split('\n');
  lines[line - 1] = `${lines[line - 1]?.replace(/ {2}# .*$/, '') ?? ''}  # kept by ${agent}`;
  return lines.join('\n');
}

/** Who signed a source file, in the order of its lines. */
export function signatures(text: string): readonly string[] {
  return [...text.matchAll(/ {2}# seen by (\S+)$/gm)].map((match) => match[1] as string);
}
