// One run of a guard by git. Whatever goes wrong, git is answered within a bounded time: where the fleet cannot be asked, the guard
// says so and lets the commit pass, or not, as the policy says (`hooks.onFault`) or `--fail`. The policy is in the log, which is
// what cannot be asked then: a guard goes by what the one before it was told.

import { secretHash } from '../../../app/credentials.ts';
import { type AuditedCommit, type AuditPorts, auditCommits } from '../../../app/git/audit-commits.ts';
import { setupRejection } from '../../../app/setup-rejection.ts';
import { systemCommand } from '../../../app/system-command.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import * as compose from '../../../compose.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Git } from '../../../ports/git.ts';
import type { GuardNotes } from '../../../ports/guard-notes.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';

export interface GuardOptions {
  /** What to do where the fleet cannot be asked; over the policy. */
  readonly fail?: 'open' | 'closed';
}

export interface GuardRun {
  readonly context: Context;
  readonly git: Git;
  readonly notes: GuardNotes;
}

/** Beyond this git is answered whatever the fleet does. A store that is out of reach says so in half of it. */
const LONGEST_MS = 12_000;
/** What was begun may still be closed in order. */
const CLOSING_MS = 1_500;
/** Looking for commits of before holds nobody up for longer. */
const AUDIT_MS = 4_000;

/** Runs `work`, and answers git with its exit code; or with what is to be done where it cannot be known. */
export async function runGuard(
  context: Context,
  { fail }: GuardOptions,
  work: (run: GuardRun) => Promise<number>,
): Promise<number> {
  const { cli } = context;
  let notes: GuardNotes | null = null;
  const late = lateAfter(LONGEST_MS);
  try {
    const { git, place } = await compose.gitOfHook(cli.folder, cli.env);
    if (place === null) throw new TypeError('git finds no worktree here');
    ({ notes } = place);
    const code = await Promise.race([work({ context, git: git.at(place.root), notes }), late.promise]);
    if (code === null) throw new TypeError(`the fleet did not answer within ${LONGEST_MS / 1_000} s`);
    return code;
  } catch (error) {
    const onFault = fail ?? (await knownOnFault(notes)) ?? 'open';
    endSoon(cli);
    return tellFault(context, error, onFault);
  } finally {
    late.cancel();
  }
}

async function knownOnFault(notes: GuardNotes | null): Promise<'open' | 'closed' | null> {
  try {
    return (await notes?.onFault()) ?? null;
  } catch {
    // What the guard before noted cannot be read: it is as if there had been none.
    return null;
  }
}

function tellFault({ cli, json }: Context, error: unknown, onFault: 'open' | 'closed'): number {
  const why = whyOf(error);
  const verdict = onFault === 'open' ? 'pass' : 'refuse';
  if (json) cli.screen.out(JSON.stringify({ verdict, fault: why }));
  const then =
    onFault === 'open'
      ? 'Nothing was checked, and it goes ahead (policy hooks.onFault: open).'
      : 'Nothing can be checked, so it is refused (policy hooks.onFault: closed).';
  cli.screen.err(`brigade guard: ${oneLine(why, 500)}`, `  ${then} \`brigade doctor\` says more.`);
  return onFault === 'open' ? EXIT.done : EXIT.unavailable;
}

function whyOf(error: unknown): string {
  const told = setupRejection(error) ?? rejectionOf(error);
  if (told.code !== 'INTERNAL') return `${told.message} (${told.code})`;
  return error instanceof Error ? error.message : String(error);
}

/** Null after so long. */
function lateAfter(ms: number): { readonly promise: Promise<null>; readonly cancel: () => void } {
  let cancel: () => void = () => undefined;
  const promise = new Promise<null>((resolve) => {
    cancel = compose.clock.after(ms, () => resolve(null));
  });
  return { promise, cancel };
}

/** Git waits for the end of this process, and what the fleet still owes must not hold it up. */
function endSoon(cli: Context['cli']): void {
  setTimeout(() => process.exit(cli.exitCode), CLOSING_MS).unref();
}

/** Commits that went past the guards; what that takes too long or fails for is left to the next guard. */
export async function auditMeanwhile(ports: AuditPorts): Promise<readonly AuditedCommit[]> {
  const late = lateAfter(AUDIT_MS);
  try {
    return (await Promise.race([auditCommits(ports), late.promise])) ?? [];
  } catch {
    // The answer to git is known already, and must not hang on this.
    return [];
  } finally {
    late.cancel();
  }
}

/** What a guard says besides the result; nothing at all where all is well. */
export function remarkAny(context: Context, lines: readonly string[]): void {
  if (lines.length > 0) context.remark(...lines);
}

/** What a guard asks of an open fleet; null where there is no fleet yet, and so nobody to ask. */
export async function auditPortsOf({ context, git, notes }: GuardRun, seen: SeenFleet): Promise<AuditPorts | null> {
  const { fleet, coordinator, clock, worktree } = seen;
  // Says by a fault that the log cannot be read, which is not the same as that there is none.
  const { fleetId } = await coordinator.view({ kind: 'counts' });
  if (fleetId === null) return null;
  const { ids, hasher } = fleet.seatPorts;
  return {
    git,
    notes,
    wallMs: () => Date.parse(clock.wallAt()),
    fleet: {
      view: (query) => coordinator.view(query),
      viewAt: (query, moment) => coordinator.viewAt(query, moment),
      note: async (body) => {
        await coordinator.submit({ ...body, ...systemCommand(ids, 'guard') });
      },
      env: context.cli.env,
      handleHash: (handle) => secretHash(hasher, handle),
      placeId: fleet.place.placeId,
      processes: fleet.processes,
      pid: process.pid,
      worktree: worktree.id,
    },
  };
}
