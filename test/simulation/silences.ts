// When each session was heard of, by what was decided for it and not by what was logged: a holder from whom something was taken
// back for its silence must have been silent for as long as the policy says.

import type { Command } from '../../src/core/command.ts';
import { parseFindingId } from '../../src/core/diagnosis/finding.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { DEFAULT_POLICY } from '../../src/core/governance/policy.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import { BrokenPromise } from '../support/witness.ts';

/** What is no sign of work. */
const QUIET: ReadonlySet<Command['op']> = new Set(['close_session', 'hear']);

export class Silences {
  /** Of each session, the latest last. */
  readonly #heardAt = new Map<string, number[]>();

  /** `command` was decided at `at`, and `after` is the state that it led to. */
  decided(command: Command, answer: Answer, after: FleetState, at: number): void {
    if (command.by.kind !== 'session' || command.dryRun === true || isRejection(answer) || QUIET.has(command.op))
      return;
    for (const { sessionId, agentId, state } of after.sessions.in('handle', command.by.handleHash)) {
      const isActing = state === 'live' && after.agents.get(agentId)?.lifecycle === 'active';
      if (isActing) this.#heardAt.set(sessionId, [...(this.#heardAt.get(sessionId) ?? []), at].slice(-KEPT));
    }
  }

  /** Throws where somebody was relieved of what it held although it was heard of. */
  read(event: FleetEvent, before: FleetState): void {
    // What was heard and went with a lost log is known to nobody who goes on.
    if (event.type === 'epoch.started') this.#heardAt.clear();
    if (event.type !== 'rescue.done' || parseFindingId(event.finding)?.code !== 'silent_holder') return;
    const heard = this.#heardAt.get(event.sessionId ?? '') ?? [];
    const heardAt = heard.findLast((at) => at <= event.at - AT_ONCE_MS) ?? Number.NEGATIVE_INFINITY;
    const afterMs = before.fleet?.policy?.content.silentHolder?.afterMs ?? DEFAULT_POLICY.silentHolder.afterMs;
    if (event.at - heardAt < afterMs)
      throw new BrokenPromise('silent, so relieved', `${event.finding}: heard of ${event.at - heardAt} ms ago`);
  }
}

/** What was decided at the same time by others, or behind it in the same batch, came after it in the log. */
const AT_ONCE_MS = 25;
const KEPT = 50;
