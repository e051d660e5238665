// Takes the records of `agent_metadata.json`, one command each.

import { bodyHash } from '../../../app/body-hash.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import type { ImportReply } from '../../../core/reply.ts';
import type { Hasher } from '../../../ports/hasher.ts';
import { agentOf, type MadeAgent } from './agent-record.ts';
import type { FoundRecord } from './metadata-file.ts';
import { ImportStopped, isAboutTheData, refusalOf } from './refusals.ts';
import type { AgentReport, FieldChange } from './report.ts';
import type { Take } from './taker.ts';

export interface AgentImport {
  readonly take: Take;
  readonly hasher: Hasher;
  readonly timezone: string;
  /** Path of the file. */
  readonly source: string;
  readonly progress: (text: string) => void;
}

/** Throws `ImportStopped` when the fleet takes nothing at all. */
export async function importAgents(
  found: readonly FoundRecord[],
  options: AgentImport,
): Promise<readonly AgentReport[]> {
  const reports: AgentReport[] = [];
  for (const each of found) {
    options.progress(`agents: ${reports.length} of ${found.length}`);
    reports.push(await importAgent(each, options));
  }
  return reports;
}

async function importAgent(found: FoundRecord, options: AgentImport): Promise<AgentReport> {
  const { agentId, line } = found;
  const head = { agentId, line };
  if (found.refusal !== null) return { ...NOTHING, ...head, outcome: 'refused', refusal: found.refusal };
  const made = agentOf(agentId, found.record, options.timezone);
  const digest = bodyHash(options.hasher, found.record);
  const answer = await options.take({ op: 'import_agent', ...made.facts, digest, source: options.source });
  if (!isRejection(answer)) return { ...head, ...whatBecame(answer, made, found.changed), refusal: null };
  if (!isAboutTheData(answer)) throw new ImportStopped(answer);
  return { ...NOTHING, ...head, kept: [], outcome: 'refused', refusal: refusalOf(line, renamed(answer)) };
}

const NOTHING = { lifecycle: null, changed: [], kept: [], lacking: [] } as const;

function whatBecame(
  { changed: isNew, registered }: ImportReply,
  { facts, changed, kept, lacking }: MadeAgent,
  reading: readonly FieldChange[],
): Omit<AgentReport, 'agentId' | 'line' | 'refusal'> {
  if (!isNew) return { ...NOTHING, outcome: 'unchanged' };
  if (registered)
    return { outcome: 'taken', lifecycle: facts.lifecycle, changed: [...reading, ...changed], kept, lacking };
  // What the record says of these the fleet knows better.
  return { outcome: 'attached', lifecycle: null, changed: reading, kept: Object.keys(facts.record), lacking };
}

/** The words of registration, where it is a file that has the name. */
function renamed(rejection: Rejection): Rejection {
  const { nearest } = rejection.details;
  if (rejection.code !== 'INVALID_ID' || typeof nearest !== 'string') return rejection;
  return { ...rejection, next: `Name the record (and its history file) ${nearest} in a copy, or leave it out.` };
}
