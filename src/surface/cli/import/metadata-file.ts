// Reads `agent_metadata.json`: every field of every record, where each stands, and what had to be written differently. One
// record that is wrong refuses itself and not its file.

import { oneLine } from '../../../core/view/one-line.ts';
import {
  type FieldMap,
  isDeep,
  type JsonFlaw,
  lastOfName,
  type Member,
  membersOf,
  plainOf,
  readJson,
} from './python-json.ts';
import type { FieldChange, Refusal } from './report.ts';
import { isUtf16, linesNotUtf8, Places } from './text-bytes.ts';

/** Beyond this the file is refused unread: the old system kept a few kilobytes an agent. */
export const METADATA_BYTES = 16 * 1024 * 1024;

export type FoundRecord = { readonly agentId: string; readonly line: number } & (
  | { readonly record: FieldMap; readonly changed: readonly FieldChange[]; readonly refusal: null }
  | { readonly refusal: Refusal }
);

/** The records in the order of the file; or why it cannot be read at all. */
export function readMetadata(bytes: Uint8Array): readonly FoundRecord[] | Refusal {
  if (isUtf16(bytes)) return { line: 1, message: 'It is written in UTF-16.', next: 'Save it as UTF-8.' };
  const json = readJson(new TextDecoder().decode(bytes));
  const places = new Places(json.text);
  if ('what' in json) return brokenJson(json, places);
  if (json.root?.type !== 'object')
    return { line: 1, message: 'It is no JSON object of agents by their id.', next: SHAPE };
  const members = membersOf(json.root);
  const file = { places, last: lastOfName(members), broken: linesNotUtf8(bytes) };
  return members.map((member) => {
    const line = places.lineOf(member.offset);
    const agentId = member.name;
    const flaw = flawOf(member, file);
    if (flaw !== null || member.value === undefined)
      return { agentId, line, refusal: { line, ...(flaw ?? notARecord('nothing')) } };
    const changed: FieldChange[] = [];
    return { agentId, line, record: plainOf(member.value, json, changed) as FieldMap, changed, refusal: null };
  });
}

const SHAPE = 'Its form is {"AGENT": {"agent_id": "AGENT", "status": "active", ...}, ...}.';

interface FileFacts {
  readonly places: Places;
  readonly last: ReadonlyMap<string, Member>;
  readonly broken: ReadonlySet<number>;
}

type Flaw = Pick<Refusal, 'message' | 'next'>;

function flawOf(member: Member, { places, last, broken }: FileFacts): Flaw | null {
  const { name, offset, end, value } = member;
  const counts = last.get(name);
  if (counts !== undefined && counts !== member) {
    const where = `line ${places.lineOf(counts.offset)}`;
    const message = `${JSON.stringify(oneLine(name, 80))} stands there again in ${where}, and the last one counts.`;
    return { message, next: 'Put what is to be kept of both into one record.' };
  }
  if (value?.type !== 'object') return notARecord(value?.type ?? 'nothing');
  if (isDeep(value)) return { message: 'It is nested too deeply.', next: SHAPE };
  for (let line = places.lineOf(offset); line <= places.lineOf(end); line += 1) {
    if (broken.has(line)) return { message: `Line ${line} is not UTF-8.`, next: 'Save the file as UTF-8.' };
  }
  return null;
}

function notARecord(what: string): Flaw {
  return { message: `What stands there is ${what}, not a record.`, next: SHAPE };
}

function brokenJson({ what, offset }: JsonFlaw, places: Places): Refusal {
  if (offset === null) return { line: null, message: `It is ${what}.`, next: SHAPE };
  const line = places.lineOf(offset);
  return {
    line,
    message: `It is no JSON: ${what} in line ${line}, column ${places.columnOf(offset)}.`,
    next: 'Correct it there; nothing of this file was taken.',
  };
}
