// What is wrong with a fleet: every kind of finding, in the order in which causes come before what follows from them, and the
// names by which findings are called.
//
// A finding's id is its code, what it is about, and a number or name that tells this one from the next of its kind:
// `silent_holder:task:stew:812`. It stays the same while its cause is the same, so whoever read it a minute ago may still act
// on it, and whoever acts too late names nothing.

import type { Severity } from '../alert/alert.ts';
import type { Instant } from '../instant.ts';
import type { TicketRow } from '../rows.ts';

/** Causes first: of two findings the earlier kind explains the later one. */
export const FINDING_CODES = [
  'store_problem',
  'granting_rests',
  'deadlock_ring',
  'dead_holder',
  'stopped_holder',
  'silent_holder',
  'paused_holder',
  'suspected_deadlock',
  'dead_waiter',
  'slow_holder',
  'chain',
  'retry_storm',
  'lapsed_offers',
  'starving_waiter',
  'store_caveat',
  'desk_problem',
  'leftover_session',
  'identity_collision',
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];

/** What a rescue can do. */
export const ACTION_KINDS = ['revoke', 'close_session', 'ask', 'break_ring', 'shorten', 'hand_over', 'pause'] as const;

export type ActionKind = (typeof ACTION_KINDS)[number];

/** What would help, and who may have it done: any agent in good standing, because the evidence is enough, or an operator only. */
export type Action = { readonly who: 'agent' | 'operator'; readonly means: string } & (
  | { readonly kind: 'revoke'; readonly tokens: readonly number[] }
  | { readonly kind: 'close_session'; readonly sessionId: string }
  | { readonly kind: 'ask'; readonly token: number }
  | { readonly kind: 'break_ring'; readonly ticket: string }
  | { readonly kind: 'shorten'; readonly tokens: readonly number[] }
  | {
      readonly kind: 'hand_over';
      readonly sessionId: string;
      /** Of the one it goes to; while nobody is named, of each who may be named, the first in line first. */
      readonly waits: readonly TicketRow[];
      /** Who may have it handed to the first in line, which passes nobody. */
      readonly whoFirst: 'agent' | 'operator';
    }
  | { readonly kind: 'pause'; readonly agentIds: readonly string[] }
);

export interface Finding {
  readonly id: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One plain sentence: who, what, since when. */
  readonly message: string;
  /** Plain sentences that prove it. */
  readonly evidence: readonly string[];
  /** The causer first. */
  readonly agents: readonly string[];
  /** Stored keys. */
  readonly resources: readonly string[];
  /** What is advised; null where nothing that Brigade can do is. */
  readonly action: Action | null;
  /** What may be done instead, each of another kind. */
  readonly others: readonly Action[];
  /** What to do, in words. */
  readonly next: string;
  readonly since: Instant | null;
  /** Sessions it is about, the causer first. */
  readonly sessions: readonly string[];
  /** How many sessions wait because of it, one behind the other too. */
  readonly behind: number;
  /** Any of these ends an id of it: what it is about may be named by another one of its leases too. */
  readonly refs: readonly string[];
}

/** What the process that looks knows of itself; null where all is well. */
export interface OwnTrouble {
  readonly store: { readonly code: string; readonly message: string } | null;
  readonly desk: { readonly code: string; readonly message: string } | null;
  /** What endangers what the store has acknowledged, and what only says what to expect of it. Absent: not known. */
  readonly caveats?: readonly OwnCaveat[];
}

interface OwnCaveat {
  readonly code: string;
  readonly isGrave: boolean;
  readonly stopsWriting?: true;
  readonly message: string;
  readonly next: string;
}

export interface FindingId {
  readonly code: FindingCode;
  readonly subject: string;
  readonly ref: string;
}

export function findingId({
  code,
  subject,
  ref,
}: {
  readonly code: FindingCode;
  readonly subject: string;
  readonly ref: string | number;
}): string {
  return `${code}:${subject}:${ref}`;
}

/** The parts of an id; null for what cannot be one. */
export function parseFindingId(id: string): FindingId | null {
  const first = id.indexOf(':');
  const last = id.lastIndexOf(':');
  if (first === -1 || last <= first) return null;
  const code = FINDING_CODES.find((each) => each === id.slice(0, first));
  const ref = id.slice(last + 1);
  if (code === undefined || ref === '') return null;
  return { code, subject: id.slice(first + 1, last), ref };
}

/**
 * Is this what the id names? Its number decides and not its words: a file is called otherwise from another worktree, and of
 * what one session holds any lease may have been named.
 */
export function isNamed(finding: Pick<Finding, 'code' | 'refs'>, id: Pick<FindingId, 'code' | 'ref'>): boolean {
  return finding.code === id.code && finding.refs.includes(id.ref);
}

/** The worst and most causal first: among those who hold what others wait for, whoever keeps most of them waiting. */
export function inOrderOfCause(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) =>
      stageOf(a) - stageOf(b) ||
      b.behind - a.behind ||
      FINDING_CODES.indexOf(a.code) - FINDING_CODES.indexOf(b.code) ||
      (a.since ?? 0) - (b.since ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
}

const FAULTY: ReadonlySet<FindingCode> = new Set(['dead_holder', 'stopped_holder', 'silent_holder', 'paused_holder']);

/** Holders who cannot go on are one stage; one for whom nobody waits explains nothing. */
function stageOf({ code, behind }: Finding): number {
  if (!FAULTY.has(code)) return FINDING_CODES.indexOf(code);
  return FINDING_CODES.indexOf(behind > 0 ? 'dead_holder' : 'starving_waiter') + (behind > 0 ? 0 : 0.5);
}
