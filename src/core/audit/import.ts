// Taking over what another system knew of agents. Safe to repeat: a record with a digest that is known already and lines that
// are known already log nothing.
//
// Ids are kept as they are: the rules against generic and look-alike ids are for registration. What is no id at all is refused.

import { parseAgentId } from '../agent/agent-id.ts';
import type { ImportAgentCommand, ImportHistoryCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRejection, type Rejection, reject } from '../rejection.ts';
import type { Answer, ImportReply } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import { isNewToImport } from './apply.ts';

type AgentFacts = Omit<ImportAgentCommand, 'op' | 'by' | 'requestId' | 'bodyHash'>;

/** Logs the record unless the same is known; refused when it is no agent's or too large. */
export function importAgent(ledger: Ledger, command: ImportAgentCommand): Answer {
  const flaw = flawOfImport(command);
  if (flaw !== null) return flaw;
  const { agentId, lifecycle, createdWallAt, tags, notes, record, digest, source } = command;
  if (ledger.state.imports.get(agentId)?.recordDigest === digest) return reply(ledger, agentId, false, false);
  const registered = isNewToImport(ledger.state, agentId);
  ledger.emit({ type: 'agent.imported', agentId, lifecycle, createdWallAt, tags, notes, record, digest, source });
  return reply(ledger, agentId, registered, true);
}

/**
 * Logs lines that follow those that are known. `after` must be their number: whoever read the log before somebody else's
 * lines came hears INVALID_ARGUMENT with the number that is known, and reads it again.
 */
export function importHistory(ledger: Ledger, command: ImportHistoryCommand): Answer {
  const flaw = flawOfLines(command);
  if (flaw !== null) return flaw;
  const { agentId, source, columns, rows, lines, after, digest } = command;
  const known = ledger.state.imports.get(agentId);
  const knownLines = known?.lines ?? 0;
  const isRepeat = knownLines === after + rows.length && known?.linesDigest === digest;
  if (isRepeat) return reply(ledger, agentId, false, false);
  if (knownLines !== after) return otherLines(agentId, knownLines, after);
  const registered = ledger.state.agents.get(agentId) === undefined;
  ledger.emit({ type: 'history.imported', agentId, source, columns, rows, lines, after, digest });
  return reply(ledger, agentId, registered, true);
}

/** Why the record of an agent cannot be taken, or null. */
export function flawOfImport({
  agentId,
  createdWallAt,
  tags,
  notes,
  record,
  digest,
  source,
}: AgentFacts): Rejection | null {
  const id = parseAgentId(agentId);
  if (isRejection(id)) return id;
  const bytes = utf8Bytes(JSON.stringify(record));
  if (bytes > LIMITS.importRecordBytes)
    return tooLarge(`The record of ${agentId} has ${bytes} bytes`, LIMITS.importRecordBytes);
  if (utf8Bytes(notes) > LIMITS.textBytes) return tooLarge(`The notes of ${agentId} are too long`, LIMITS.textBytes);
  if (tags.length > LIMITS.tags || tags.some((tag) => utf8Bytes(tag) > LIMITS.tagBytes))
    return tooLarge(`${agentId} has more than ${LIMITS.tags} tags, or a longer one than a tag may be`, LIMITS.tagBytes);
  if (createdWallAt !== null && !isWallTime(createdWallAt)) return invalid(`${createdWallAt} is no time in UTC.`);
  return flawOfOrigin(source, digest);
}

function flawOfLines(command: ImportHistoryCommand): Rejection | null {
  const { agentId, columns, rows, lines, after, source, digest } = command;
  const id = parseAgentId(agentId);
  if (isRejection(id)) return id;
  if (rows.length === 0 || rows.length > LIMITS.importLines)
    return invalid(`${rows.length} lines in one call; it takes 1 to ${LIMITS.importLines}.`);
  if (lines.length !== rows.length || rows.some((row) => row.length !== columns.length))
    return invalid('Each row has one cell for each column, and a line number.');
  if (!Number.isSafeInteger(after) || after < 0) return invalid(`after is ${after}.`);
  const bytes = bytesOfLines(columns, rows);
  if (bytes > LIMITS.importBytes) return tooLarge(`These lines have ${bytes} bytes`, LIMITS.importBytes);
  return flawOfOrigin(source, digest);
}

/** What lines of a history count against `LIMITS.importBytes`. */
export function bytesOfLines(columns: readonly string[], rows: readonly (readonly string[])[]): number {
  return utf8Bytes(JSON.stringify(columns)) + rows.reduce((sum, row) => sum + bytesOfRow(row), 0);
}

/** Its part of that: the text, and its number. */
export function bytesOfRow(row: readonly string[]): number {
  return utf8Bytes(JSON.stringify(row)) + NUMBER_BYTES;
}

const NUMBER_BYTES = 12;
const DIGEST_BYTES = 200;
const WALL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function isWallTime(text: string): boolean {
  return WALL_TIME.test(text) && !Number.isNaN(Date.parse(text));
}

function flawOfOrigin(source: string, digest: string): Rejection | null {
  if (utf8Bytes(source) > LIMITS.textBytes) return tooLarge('The name of the source is too long', LIMITS.textBytes);
  return digest === '' || utf8Bytes(digest) > DIGEST_BYTES ? invalid('The digest is empty or too long.') : null;
}

function reply({ state }: Ledger, agentId: string, registered: boolean, changed: boolean): ImportReply {
  return { op: 'import', agentId, registered, changed, lines: state.imports.get(agentId)?.lines ?? 0 };
}

function otherLines(agentId: string, known: number, after: number): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${known} lines of ${agentId}'s history are known, and these were to follow ${after}.`,
    next: 'Read which are known and send the others: brigade import does so when it is run again.',
    details: { agentId, known },
  });
}

function invalid(message: string): Rejection {
  return reject('INVALID_ARGUMENT', { message, next: 'Import files with brigade import.' });
}

function tooLarge(what: string, most: number): Rejection {
  return reject('TOO_LARGE', {
    message: `${what}; at most ${most} bytes are kept.`,
    next: 'Shorten it in a copy of the file.',
  });
}
