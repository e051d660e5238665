// One record of the old system as an agent of this fleet: what became of which field, and what is kept without a place of its
// own. The record itself goes into the log whole, whatever could be made of it here.

import type { ImportAgentCommand } from '../../../core/command.ts';
import { LIMITS } from '../../../core/limits.ts';
import { utf8Bytes } from '../../../core/resource/key-text.ts';
import { readTime } from './local-time.ts';
import type { FieldMap } from './python-json.ts';
import { shown } from './python-json.ts';
import type { FieldChange } from './report.ts';
import { statusOf } from './status-word.ts';

/** Fields of the old system, in its order. */
const KNOWN = [
  'agent_id',
  'status',
  'created_at',
  'last_update',
  'version',
  'total_updates',
  'tags',
  'notes',
  'lifecycle_events',
  'paused_at',
  'archived_at',
] as const;
/** Those that say here what they said there. */
const PLACED: ReadonlySet<string> = new Set(['agent_id', 'status', 'created_at', 'tags', 'notes']);

export type AgentFacts = Pick<
  ImportAgentCommand,
  'agentId' | 'lifecycle' | 'createdWallAt' | 'tags' | 'notes' | 'record'
>;

export interface MadeAgent {
  readonly facts: AgentFacts;
  readonly changed: readonly FieldChange[];
  readonly kept: readonly string[];
  readonly lacking: readonly string[];
}

/** Every field may be missing, or be of another type than it should. */
export function agentOf(agentId: string, record: FieldMap, timezone: string): MadeAgent {
  const changed: FieldChange[] = [];
  const facts = {
    agentId,
    lifecycle: lifecycleIn(record, changed),
    createdWallAt: createdIn(record, timezone, changed),
    tags: tagsIn(record, changed),
    notes: notesIn(record, changed),
    record,
  };
  const { agent_id } = record;
  if (agent_id !== undefined && agent_id !== agentId)
    changed.push({ field: 'agent_id', was: shown(agent_id), became: agentId, why: 'the name of the record counts' });
  return {
    facts,
    changed,
    kept: Object.keys(record).filter((field) => !PLACED.has(field)),
    lacking: KNOWN.filter((field) => !(field in record)),
  };
}

function lifecycleIn(record: FieldMap, changed: FieldChange[]): AgentFacts['lifecycle'] {
  const { lifecycle, why } = statusOf(record);
  if (why !== null) changed.push({ field: 'status', was: shown(record.status), became: lifecycle, why });
  return lifecycle;
}

function createdIn({ created_at }: FieldMap, timezone: string, changed: FieldChange[]): string | null {
  if (created_at === undefined || created_at === null) return null;
  const read = typeof created_at === 'string' ? readTime(created_at, timezone) : null;
  const note = (became: string, why: string): void =>
    void changed.push({ field: 'created_at', was: shown(created_at), became, why });
  if (read === null) note('nothing', 'it is no time');
  else if (read.isLocal) note(read.at, `read in ${timezone}`);
  else if (read.at !== created_at) note(read.at, 'as UTC');
  return read?.at ?? null;
}

function tagsIn({ tags }: FieldMap, changed: FieldChange[]): readonly string[] {
  if (tags === undefined || tags === null) return [];
  const given: readonly unknown[] = Array.isArray(tags) ? tags : shownText(tags).split(',');
  const texts = given.filter((tag) => tag !== null).map((tag) => cutBytes(shownText(tag).trim(), LIMITS.tagBytes));
  const made = [...new Set(texts)].filter((tag) => tag !== '').slice(0, LIMITS.tags);
  if (!isSameList(given, made) || !Array.isArray(tags))
    changed.push({ field: 'tags', was: shown(tags), became: shown(made), why: TAGS_WHY });
  return made;
}

const TAGS_WHY = `tags are texts, each once, at most ${LIMITS.tags} of ${LIMITS.tagBytes} bytes`;

function notesIn({ notes }: FieldMap, changed: FieldChange[]): string {
  if (notes === undefined || notes === null) return '';
  const made = cutBytes(shownText(notes), LIMITS.textBytes);
  const why = typeof notes === 'string' ? `notes have at most ${LIMITS.textBytes} bytes` : 'notes are a text';
  if (made !== notes) changed.push({ field: 'notes', was: shown(notes), became: shown(made), why });
  return made;
}

function shownText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

/** Whole characters, at most so many bytes of UTF-8. */
function cutBytes(text: string, most: number): string {
  if (utf8Bytes(text) <= most) return text;
  let [taken, bytes] = ['', 0];
  for (const character of text) {
    bytes += utf8Bytes(character);
    if (bytes > most) break;
    taken += character;
  }
  return taken;
}
