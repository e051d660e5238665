// Takes over a folder of the old system: the records first, then the histories. What is refused is told and does not stop the
// rest; the same folder may be imported again whenever something in it was corrected.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAgentId } from '../../../core/agent/agent-id.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { Operator } from '../authority.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { importAgents } from './import-agents.ts';
import { type HistoryFile, importHistory, refusedFile } from './import-history.ts';
import { type KnownImports, noLines, readKnown } from './known-imports.ts';
import { type FoundRecord, METADATA_BYTES, readMetadata } from './metadata-file.ts';
import type { FileReport, ImportReport, Refusal } from './report.ts';
import { rehearsal, type Take, taker } from './taker.ts';

export interface FolderImport {
  /** Resolved. */
  readonly folder: string;
  readonly dryRun: boolean;
  readonly timezone: string;
  readonly progress: (text: string) => void;
}

const METADATA = 'agent_metadata.json';
const HISTORY = /^governance_history_(.*)\.csv$/s;
/** How often others may be faster with lines of the same agent before its file is refused. */
const TRIES = 5;

/** The report; or why there is nothing to import. Throws `ImportStopped` when the fleet takes nothing. */
export async function importFolder(
  fleet: SeenFleet,
  by: Operator,
  options: FolderImport,
): Promise<ImportReport | Rejection> {
  const { folder, dryRun, timezone, progress } = options;
  const names = await namesIn(folder);
  if (isRejection(names)) return names;
  const histories = names.flatMap((file) => historyIn(folder, file));
  const hasMetadata = names.includes(METADATA);
  if (!hasMetadata && histories.length === 0) return nothingToImport(folder);
  const { hasher } = fleet.fleet.seatPorts;
  const read = () => readKnown(fleet.coordinator, hasher, idsOf(histories), progress);
  const known = await read();
  const take = dryRun ? rehearsal(fleet, by, known.state) : taker(fleet, by);
  const source = join(folder, METADATA);
  const metadata = hasMetadata ? await metadataIn(source) : [];
  const isRead = !('message' in metadata);
  const agents = isRead ? await importAgents(metadata, { take, hasher, timezone, source, progress }) : [];
  const files = await importFiles(histories, { fleet, take, known, read, progress });
  const leftAlone = names.filter((name) => name !== METADATA && !HISTORY.test(name));
  return { folder, dryRun, timezone, metadataRefusal: isRead ? null : metadata, agents, files, leftAlone };
}

async function namesIn(folder: string): Promise<readonly string[] | Rejection> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    return reject('INVALID_ARGUMENT', {
      message: `${folder} cannot be read (${codeOf(error)}).`,
      next: 'Name the folder with agent_metadata.json and the governance_history files.',
    });
  }
}

function nothingToImport(folder: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is neither ${METADATA} nor a governance_history_<id>.csv in ${folder}.`,
    next: 'Name the folder that has them; in the old system it is called data.',
  });
}

function historyIn(folder: string, file: string): readonly HistoryFile[] {
  const agentId = HISTORY.exec(file)?.[1];
  return agentId === undefined ? [] : [{ file, path: join(folder, file), agentId }];
}

function idsOf(histories: readonly HistoryFile[]): readonly string[] {
  return histories.map(({ agentId }) => agentId);
}

async function metadataIn(path: string): Promise<readonly FoundRecord[] | Refusal> {
  const flaw = await flawOfFile(path);
  if (flaw !== null) return flaw;
  const { size } = await stat(path);
  if (size > METADATA_BYTES) {
    const message = `It has ${size} bytes, and at most ${METADATA_BYTES} are read.`;
    return { line: null, message, next: 'Split it into several folders.' };
  }
  return readMetadata(await readFile(path));
}

interface FilesImport {
  readonly fleet: SeenFleet;
  readonly take: Take;
  readonly known: KnownImports;
  readonly read: () => Promise<KnownImports>;
  readonly progress: (text: string) => void;
}

async function importFiles(found: readonly HistoryFile[], options: FilesImport): Promise<readonly FileReport[]> {
  const reports: FileReport[] = [];
  for (const each of found) reports.push(await importFile(each, options));
  return reports;
}

async function importFile(found: HistoryFile, options: FilesImport): Promise<FileReport> {
  const { file, path, agentId } = found;
  const id = parseAgentId(agentId);
  if (isRejection(id)) {
    const next = `Name it governance_history_${String(id.details.nearest)}.csv in a copy, or leave it out.`;
    return refusedFile(file, null, { line: null, message: id.message, next });
  }
  const flaw = await flawOfFile(path);
  if (flaw !== null) return refusedFile(file, agentId, flaw);
  const { take, progress } = options;
  const { hasher } = options.fleet.fleet.seatPorts;
  let [known, takenBefore] = [options.known, 0];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const lines = known.histories.get(agentId) ?? noLines();
    const report = await importHistory(found, { take, hasher, known: lines, progress });
    if (!('overtakenAfter' in report)) return withTaken(report, takenBefore);
    takenBefore += report.overtakenAfter;
    known = await options.read();
  }
  const message = `Somebody else imports the history of ${agentId} at the same time.`;
  return refusedFile(file, agentId, { line: null, message, next: 'Import again when that is done.' });
}

/** Lines that an earlier try took are known to the last one. */
function withTaken(report: FileReport, takenBefore: number): FileReport {
  if (takenBefore === 0) return report;
  const { taken, unchanged } = report;
  return { ...report, outcome: 'taken', taken: taken + takenBefore, unchanged: unchanged - takenBefore };
}

async function flawOfFile(path: string): Promise<Refusal | null> {
  try {
    const next = 'Put the file itself there.';
    return (await stat(path)).isFile() ? null : { line: null, message: 'It is no file.', next };
  } catch (error) {
    return { line: null, message: `It cannot be read (${codeOf(error)}).`, next: 'Make it readable.' };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
