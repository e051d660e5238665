// Leases, edits and commits of a file as one list in the order of time.

import type { FileCommit } from '../../../app/git/file-history.ts';
import type { Edit, Hold } from '../../../core/blame/blame.ts';
import { counted } from '../../../core/view/count-text.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { resourceText } from '../../../core/view/resource-text.ts';
import { type CutOff, cutOffLine } from '../kept-feed.ts';
import type { Look } from '../output/screen.ts';
import { type Column, tableLines } from '../output/table.ts';

export type BlamedCommit = FileCommit;
export type BlamedHold = Hold & { readonly isHeld: boolean };

export interface BlamedFile {
  readonly path: string;
  /** Every name that it had, the present one first. */
  readonly names: readonly string[];
  readonly holds: readonly BlamedHold[];
  readonly edits: readonly Edit[];
  /** Newest first. */
  readonly commits: readonly BlamedCommit[];
  readonly cutOff: CutOff | null;
}

interface Row {
  readonly atMs: number;
  readonly agent: string;
  readonly what: string;
  readonly isBad: boolean;
  readonly detail: string;
}

export function blameLines(blamed: BlamedFile, look: Look, limit: number): readonly string[] {
  const rows = rowsOf(blamed, look);
  const { paint, width } = look;
  const [path = '', ...earlier] = blamed.names.map((name) => oneLine(name));
  const was = earlier.length === 0 ? '' : paint.faint(`  earlier ${earlier.join(', ')}`);
  const cut = blamed.cutOff === null ? [] : [paint.faint(cutOffLine(blamed.cutOff))];
  if (rows.length === 0) return [...cut, ...NOTHING(path)];
  const shown = rows.slice(-limit);
  const more =
    rows.length > shown.length ? [paint.faint(`the last ${shown.length} of ${rows.length}; --limit shows more`)] : [];
  return [
    `${paint.strong(path)}${was}`,
    ...cut,
    ...more,
    ...tableLines(COLUMNS(look), shown, { width, title: paint.title }),
  ];
}

const NOTHING = (path: string) => [
  `Nothing is known of ${path}: no lease covered it, no edit of it was told, and git has no commit of it.`,
  'Edits are told by the hooks of clients (brigade init --hooks), the guards in git (brigade init --git) and `brigade guard watch`.',
];

const COLUMNS = ({ paint }: Look): readonly Column<Row>[] => [
  { title: 'WHEN', text: ({ atMs }) => new Date(atMs).toLocaleString('sv-SE'), paint: paint.faint },
  { title: 'WHO', text: ({ agent }) => agent, cut: 'middle', paint: paint.strong },
  { title: 'DID', text: ({ what }) => what, paint: (text, { isBad }) => (isBad ? paint.warn(text) : text) },
  { title: 'HOW', text: ({ detail }) => detail, cut: 'end' },
];

function rowsOf({ holds, edits, commits }: BlamedFile, { reader }: Look): readonly Row[] {
  const rows = [
    ...holds.map((hold) => holdRow(hold, reader)),
    ...edits.map(editRow),
    ...commits.toReversed().map(commitRow),
  ];
  return rows.toSorted((a, b) => a.atMs - b.atMs);
}

function holdRow(hold: BlamedHold, reader: string | null): Row {
  const { agentId, resource, mode, token, reason, fromAt, end, edits, isHeld } = hold;
  const atMs = Date.parse(fromAt);
  const lasted =
    end === null
      ? isHeld
        ? 'still held'
        : 'its end is not known'
      : `${durationText(Date.parse(end.at) - atMs)}, ${ENDS[end.how]}`;
  const done = edits === 0 ? [] : [counted(edits, 'edit')];
  const why = reason === '' ? [] : [oneLine(reason, 120)];
  const detail = [`${resourceText(resource, reader)} ${mode} ${token}`, lasted, ...done, ...why].join('; ');
  return { atMs, agent: oneLine(agentId), what: 'held', isBad: false, detail };
}

const ENDS: Readonly<Record<NonNullable<Hold['end']>['how'], string>> = {
  released: 'released',
  expired: 'expired',
  revoked: 'revoked',
  dropped: 'ended with its session',
  replaced: 'replaced by a new lease',
};

const SEEN: Readonly<Record<Edit['via'], string>> = {
  hook: 'told by a hook',
  watch: 'seen by guard watch',
  git: 'seen in git',
};

function editRow({ agentId, label, tool, via, token, beside, at }: Edit): Row {
  const who = agentId === null ? 'not known' : oneLine(label === null ? agentId : `${agentId} (${label})`);
  const under = token === null ? [] : [`under ${token}`];
  const past = beside === null ? [] : [`beside lease ${beside}`];
  const detail = [oneLine(tool, 80), SEEN[via], ...under, ...past].join('; ');
  return { atMs: Date.parse(at), agent: who, what: 'edited', isBad: beside !== null, detail };
}

function commitRow({ commit, author, at, subject, agents, leases, change, renamedFrom }: BlamedCommit): Row {
  const who = agents.length === 0 ? author : agents.join(', ');
  const from = renamedFrom === null ? [] : [`renamed from ${oneLine(renamedFrom)}`];
  const kind = change === 'added' || change === 'removed' ? [change] : [];
  const by = agents.length === 0 ? [] : [`by ${oneLine(author)}`];
  const under = leases.length === 0 ? [] : [`under ${leases.map((lease) => oneLine(lease)).join(', ')}`];
  const detail = [`${commit.slice(0, 10)} ${oneLine(subject, 80)}`, ...kind, ...from, ...by, ...under].join('; ');
  return { atMs: Date.parse(at), agent: oneLine(who), what: 'committed', isBad: false, detail };
}
