// JSON as Python writes and people edit it, read without losing anything. What strict JSON, which a log is, cannot say is
// written differently, and each such change is told:
//
//   NaN, Infinity        as text; Python writes them although JSON has no such numbers
//   long numbers         as text, where a number would lose digits
//   a field twice        the last one counts, as it did for Python; an earlier one is kept as `name (1)`
//
// Comments and a comma too many are passed over.

/* oxlint-disable import/default, import/no-named-as-default-member -- a CommonJS module: Node gives its default alone */
import jsonc, { type Node, type ParseError } from 'jsonc-parser';
import { oneLine } from '../../../core/view/one-line.ts';
import type { FieldChange } from './report.ts';

export type FieldMap = Readonly<Record<string, unknown>>;

export interface ReadJson {
  /** As it was parsed: offsets are those of this text, whose lines are those of the file. */
  readonly text: string;
  readonly root: Node | undefined;
  /** Where a bare number stood; a text of its name stands there now. */
  readonly bare: ReadonlySet<number>;
}

export interface JsonFlaw {
  readonly text: string;
  readonly what: string;
  readonly offset: number | null;
}

export interface Member {
  readonly name: string;
  readonly offset: number;
  readonly end: number;
  readonly value: Node | undefined;
}

export function readJson(source: string): ReadJson | JsonFlaw {
  const spelt = withoutBareNumbers(source);
  const errors: ParseError[] = [];
  try {
    const root = jsonc.parseTree(spelt.text, errors, { allowTrailingComma: true });
    const [flaw] = errors;
    if (flaw === undefined) return { ...spelt, root };
    const words = jsonc.printParseErrorCode(flaw.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
    return { text: spelt.text, what: words.toLowerCase(), offset: flaw.offset };
  } catch (error) {
    // It reads by calling itself for each level.
    if (error instanceof RangeError) return { text: spelt.text, what: 'nested too deeply', offset: null };
    throw error;
  }
}

/** Members of an object in their order, those that stand there twice among them. */
export function membersOf({ children = [] }: Node): readonly Member[] {
  return children.map(({ children: [key, value] = [], offset, length }) => ({
    name: String(key?.value),
    offset,
    end: offset + length,
    value,
  }));
}

/** The last member of each name. */
export function lastOfName(members: readonly Member[]): ReadonlyMap<string, Member> {
  return new Map(members.map((member) => [member.name, member] as const));
}

/** A node as plain data for a log; what had to be written differently is added to `changed`. */
export function plainOf(node: Node, json: ReadJson, changed: FieldChange[], path = ''): unknown {
  switch (node.type) {
    case 'object':
      return objectOf(node, json, changed, path);
    case 'array':
      return (node.children ?? []).map((each, i) => plainOf(each, json, changed, `${path}[${i}]`));
    case 'number':
      return numberOf(node, json, changed, path);
    default:
      if (json.bare.has(node.offset)) {
        const was = String(node.value);
        changed.push({ field: path, was, became: shown(was), why: 'JSON has no such number' });
      }
      return node.value;
  }
}

/** Whether the node holds more levels than a log should: whoever reads it calls itself for each. */
export function isDeep(node: Node, levels = LEVELS): boolean {
  if (levels === 0) return true;
  return (node.children ?? []).some((child) => isDeep(child, child.type === 'property' ? levels : levels - 1));
}

const LEVELS = 64;

/** A value as a report shows it. */
export function shown(value: unknown): string {
  return oneLine(JSON.stringify(value) ?? 'nothing', SHOWN_LENGTH);
}

const SHOWN_LENGTH = 200;

function objectOf(node: Node, json: ReadJson, changed: FieldChange[], path: string): FieldMap {
  const members = membersOf(node);
  const last = lastOfName(members);
  const names = new Set(last.keys());
  const fields: (readonly [string, unknown])[] = [];
  for (const member of members) {
    if (member.value === undefined) continue;
    const field = path === '' ? member.name : `${path}.${member.name}`;
    const value = plainOf(member.value, json, changed, field);
    const name = last.get(member.name) === member ? member.name : freeName(member.name, names);
    fields.push([name, value]);
    if (name === member.name) continue;
    changed.push({ field, was: shown(value), became: name, why: 'it stands there twice, and the last one counts' });
  }
  return Object.fromEntries(fields);
}

function freeName(name: string, names: Set<string>): string {
  let n = 1;
  while (names.has(`${name} (${n})`)) n += 1;
  names.add(`${name} (${n})`);
  return `${name} (${n})`;
}

function numberOf({ value, offset, length }: Node, json: ReadJson, changed: FieldChange[], path: string): unknown {
  const text = json.text.slice(offset, offset + length);
  if (keepsAll(text)) return value;
  changed.push({ field: path, was: oneLine(text), became: shown(text), why: 'a number would lose digits' });
  return text;
}

/** A double holds it: whole numbers up to 2^53, others with up to 17 digits. */
function keepsAll(text: string): boolean {
  const number = Number(text);
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(number);
  const digits = text.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
  return Number.isFinite(number) && digits.length <= 17 && (number !== 0 || digits === '');
}

/** Of `SyntaxKind`, whose values an import of types does not carry. */
const UNKNOWN = 16;
const END = 17;
const LONGEST_NAME = 16;

/** The tokens that mean numbers to Python and nothing to JSON become texts. Lines stay where they are. */
function withoutBareNumbers(source: string): Pick<ReadJson, 'text' | 'bare'> {
  const scanner = jsonc.createScanner(source, true);
  const bare = new Set<number>();
  const texts: string[] = [];
  let [from, length] = [0, 0];
  const add = (text: string): void => {
    texts.push(text);
    length += text.length;
  };
  for (let kind: number = scanner.scan(); kind !== END; kind = scanner.scan()) {
    const offset = scanner.getTokenOffset();
    if (kind !== UNKNOWN || offset < from) continue;
    const name = /^-?(?:NaN|Infinity)\b/.exec(source.slice(offset, offset + LONGEST_NAME))?.[0];
    if (name === undefined) continue;
    add(source.slice(from, offset));
    bare.add(length);
    add(JSON.stringify(name));
    from = offset + name.length;
  }
  add(source.slice(from));
  return { text: texts.join(''), bare };
}
