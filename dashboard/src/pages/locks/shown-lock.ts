// A lock as the page lists it, and which ones it lists. What a lock is, and whether its holder is silent, the server says.

import type { SpokenFinding, SpokenHeatRow, SpokenLock } from '../../data/types.ts';

/** Events that change what is shown of a lock. */
export const LOCK_TOPICS = ['lease.', 'wait.', 'session.', 'message.', 'agent.', 'handoff.'];

export interface ShownLock {
  readonly key: string;
  readonly lock: SpokenLock;
  readonly kind: string;
  /** Why its holder counts as silent, in words; null where it does not. */
  readonly silence: string | null;
  readonly heat: SpokenHeatRow | null;
}

/** By holder and resource, why the holder counts as silent. */
export type Silences = Readonly<Record<string, string>>;

/** Findings that say of a holder that nothing comes from it. */
const SILENCES: ReadonlySet<string> = new Set(['silent_holder', 'stopped_holder', 'dead_holder']);

export function silencesOf(findings: readonly SpokenFinding[]): Silences {
  const silences: Record<string, string> = {};
  for (const { code, message, agents, resources } of findings) {
    if (SILENCES.has(code)) for (const resource of resources) silences[`${agents[0]} ${resource}`] = message;
  }
  return silences;
}

export function shownLocks(
  locks: readonly SpokenLock[],
  silences: Silences,
  heat: readonly SpokenHeatRow[],
): readonly ShownLock[] {
  const heatOf = new Map(heat.map((row) => [row.resource, row]));
  return locks.map((lock) => ({
    key: `${lock.resource} ${lock.token ?? ''}`,
    lock,
    kind: kindOf(lock.resource),
    silence: silences[`${lock.holder?.agentId} ${lock.resource}`] ?? absence(lock),
    heat: heatOf.get(lock.resource) ?? null,
  }));
}

function absence({ holder, alive }: SpokenLock): string | null {
  if (holder === null) return null;
  if (alive === 'stopped') return 'Its process does not run.';
  return alive === 'gone' ? 'Its process has ended.' : null;
}

export function kindOf(resource: string): string {
  const colon = resource.indexOf(':');
  return colon === -1 ? '' : resource.slice(0, colon);
}

export interface LockFilter {
  readonly text: string;
  readonly agent: string;
  readonly kind: string;
  readonly isWaitedFor: boolean;
  readonly isSilent: boolean;
}

/** Those that all of the filter holds for. `text` is looked for in names, reasons and agents, those who wait among them. */
export function filterLocks(locks: readonly ShownLock[], filter: LockFilter): readonly ShownLock[] {
  const text = filter.text.trim().toLowerCase();
  return locks.filter(
    ({ lock, kind, silence }) =>
      (filter.kind === '' || kind === filter.kind) &&
      (!filter.isWaitedFor || lock.waiting > 0) &&
      (!filter.isSilent || silence !== null) &&
      (filter.agent === '' || agentsOf(lock).includes(filter.agent)) &&
      (text === '' ||
        [lock.resource, lock.reason, ...agentsOf(lock)].some((each) => each.toLowerCase().includes(text))),
  );
}

function agentsOf({ holder, waiters }: SpokenLock): readonly string[] {
  const waiting = waiters.map(({ agentId }) => agentId);
  return holder === null ? waiting : [holder.agentId, ...waiting];
}

/** Names of all who hold or wait, and kinds of what is held, for choosing among them. */
export function choicesOf(locks: readonly ShownLock[]): {
  readonly agents: readonly string[];
  readonly kinds: readonly string[];
} {
  const agents = new Set(locks.flatMap(({ lock }) => agentsOf(lock)));
  const kinds = new Set(locks.map(({ kind }) => kind));
  return { agents: [...agents].toSorted(), kinds: [...kinds].toSorted() };
}

/**
 * The full length of the bars of time left: the longest of them, rounded up to something one can think of, and ten minutes at
 * most: what ends later ends late enough.
 */
export function wholeTimeLeftMs(locks: readonly ShownLock[]): number {
  let most = 0;
  for (const { lock } of locks) most = Math.max(most, lock.expiresInMs ?? 0);
  return WHOLE_MS.find((ms) => ms >= most) ?? WHOLE_MOST_MS;
}

const MINUTE_MS = 60_000;
const WHOLE_MS = [MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS];
const WHOLE_MOST_MS = 10 * MINUTE_MS;
