// What `brigade state` does: reads, guarded writes, and the history of a key, which is in the log.

import type { FeedEvent } from '../../../app/coordinator.ts';
import type { PutCondition } from '../../../app/seat/seat.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { StateEntryView } from '../../../core/view/views.ts';
import { tellOutcome } from '../acting.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import type { Look } from '../output/screen.ts';
import { leaseRefs } from '../parse/lease-ref.ts';

export interface GetOptions {
  readonly prefix?: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly raw?: boolean;
}

export interface PutOptions {
  readonly ifVersion?: number;
  readonly lock?: string;
}

export interface LogOptions {
  readonly limit?: number;
}

export async function getState(context: Context, key: string | undefined, options: GetOptions): Promise<number> {
  const { prefix, limit, cursor, raw = false } = options;
  if ((key === undefined) === (prefix === undefined)) return context.refuse(ONE_OF_BOTH);
  const { coordinator } = await context.look();
  const which = key === undefined ? { prefix: prefix ?? '' } : { key };
  const page = await coordinator.view({
    kind: 'state',
    ...which,
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const [first] = page.items;
  if (key !== undefined && first === undefined) return context.refuse(unknownKey(key));
  const document = { entries: page.items, cursor: page.cursor, total: page.total };
  context.tell(raw && key !== undefined ? first?.value : document, (look) =>
    raw && key !== undefined ? [JSON.stringify(first?.value)] : pageLines(page, look),
  );
  return EXIT.done;
}

export async function putState(context: Context, key: string, text: string, options: PutOptions): Promise<number> {
  const condition = conditionOf(options);
  if (isRejection(condition)) return context.refuse(condition);
  const seat = await callerSeat(context.cli, await context.enter());
  const outcome = await seat.putState({ key, value: jsonOrText(text), condition });
  return tellOutcome(context, outcome, ({ answer: { version } }) => ({
    document: { key, version },
    lines: () => [`${oneLine(key)} is now at version ${version}.`],
    exitCode: EXIT.done,
  }));
}

export async function logState(context: Context, key: string, { limit }: LogOptions): Promise<number> {
  if (limit !== undefined && limit < 1) return context.refuse(BAD_LIMIT);
  const { coordinator } = await context.look();
  const versions: Version[] = [];
  for await (const event of coordinator.feed({ after: 0, once: true })) {
    if (event.type !== 'state.put' || event.key !== key) continue;
    versions.push(versionOf(event));
    if (limit !== undefined && versions.length > limit) versions.shift();
  }
  if (versions.length === 0) return context.refuse(unknownKey(key));
  context.tell({ key, versions }, (look) => versions.map((version) => versionLine(version, look)));
  return EXIT.done;
}

interface Version {
  readonly version: number;
  readonly value: unknown;
  readonly author: string;
  readonly at: string;
  readonly seq: number;
  /** Token of the lease that guarded the write; null where a version did. */
  readonly token: number | null;
}

function versionOf(event: Extract<FeedEvent, { readonly type: 'state.put' }>): Version {
  const { valueVersion: version, value, agentId, actor, wallAt: at, seq, guard: token } = event;
  return { version, value, author: agentId ?? actor, at, seq, token };
}

function versionLine({ version, value, author, at, token }: Version, { paint, width }: Look): string {
  const guarded = token === null ? '' : ` under token ${token}`;
  const head = `${paint.strong(`v${version}`)}  ${paint.faint(at)}  ${oneLine(author)}${guarded}`;
  return `${head}  ${oneLine(JSON.stringify(value), Math.max(40, width))}`;
}

function pageLines(
  {
    items,
    total,
    cursor,
  }: { readonly items: readonly StateEntryView[]; readonly total: number; readonly cursor: string | null },
  { paint, width }: Look,
): readonly string[] {
  if (items.length === 0) return ['There is no such key yet.'];
  const lines = items.map(({ key, value, version, author }) => {
    const head = `${paint.strong(oneLine(key))}  ${paint.faint(`v${version} by ${oneLine(author)}`)}`;
    return `${head}  ${oneLine(JSON.stringify(value), Math.max(40, width))}`;
  });
  if (cursor === null) return lines;
  return [...lines, paint.faint(`… and more of ${total}: --cursor ${JSON.stringify(cursor)}`)];
}

function conditionOf({ ifVersion, lock }: PutOptions): PutCondition | Rejection {
  if ((ifVersion === undefined) === (lock === undefined)) return UNGUARDED;
  if (ifVersion !== undefined) return { ifVersion };
  const refs = leaseRefs([lock ?? ''], { token: undefined, tokens: undefined });
  if (isRejection(refs)) return refs;
  const [ref] = refs;
  return ref ?? UNGUARDED;
}

/** JSON where it is JSON; else the text itself, so that a word needs no quotes within quotes. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function unknownKey(key: string): Rejection {
  return reject('UNKNOWN_KEY', {
    message: `There is no key ${JSON.stringify(key.slice(0, 80))}.`,
    next: 'brigade state get --prefix "" lists the keys; --if-version 0 creates one.',
    details: { key: key.slice(0, 512) },
  });
}

const ONE_OF_BOTH = reject('INVALID_ARGUMENT', {
  message: 'Name a key, or give --prefix: one of the two.',
  next: 'brigade state get --prefix "" shows all keys.',
});

const UNGUARDED = reject('INVALID_ARGUMENT', {
  message: 'A write says what it replaces: --if-version or --lock, one of the two.',
  next: 'brigade state get shows the version; --if-version 0 creates a key.',
});

const BAD_LIMIT = reject('INVALID_ARGUMENT', { message: '--limit is at least 1.', next: 'Leave it out for all.' });
