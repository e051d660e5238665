// When each session was heard of, by what was decided for it and not by what was logged: a holder from whom something was taken
// back for its silence must have been silent for as long as the policy says. One of whose silence people are told must have been
// too, unless the coordinator that heard of it crashed or stood still since: nobody else knows.

import type { Command } from '../../src/core/command.ts';
import { parseFindingId } from '../../src/core/diagnosis/finding.ts';
import type { EventOf, FleetEvent } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { DEFAULT_POLICY } from '../../src/core/governance/policy.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import { BrokenPromise } from '../support/witness.ts';

/** What is no sign of work. */
const QUIET: ReadonlySet<Command['op']> = new Set(['close_session', 'hear']);

export class Silences {
  /** Of each session, the latest last. */
  readonly #heardAt = new Map<string, Heard[]>();
  /** Of each coordinator: until when it crashed or stood still last. */
  readonly #outUntilMs = new Map<string, number>();

  /** `command` was decided at `at`, and `after` is the state that it led to. */
  decided({ command, answer, after, at, by }: Decided): void {
    if (command.by.kind !== 'session' || command.dryRun === true || isRejection(answer) || QUIET.has(command.op))
      return;
    for (const { sessionId, agentId, state } of after.sessions.in('handle', command.by.handleHash)) {
      const isActing = state === 'live' && after.agents.get(agentId)?.lifecycle === 'active';
      if (isActing) this.#heardAt.set(sessionId, [...(this.#heardAt.get(sessionId) ?? []), { at, by }].slice(-KEPT));
    }
  }

  /** Throws where somebody was relieved of what it held although it was heard of. */
  read(event: FleetEvent, before: FleetState): void {
    // What was heard and went with a lost log is known to nobody who goes on.
    if (event.type === 'epoch.started') this.#heardAt.clear();
    if (event.type === 'alert.opened' && event.code === 'silent_holder') this.#told(event, before);
    if (event.type !== 'rescue.done' || parseFindingId(event.finding)?.code !== 'silent_holder') return;
    const heard = this.#heardAt.get(event.sessionId ?? '') ?? [];
    // Only what is proved is taken back on by whoever is no operator.
    const isProved = !event.actor.startsWith('operator:');
    const found = heard.findLast(({ at, by }) => at <= event.at - AT_ONCE_MS && (isProved || this.#isSure(by, at)));
    const heardAt = found?.at ?? Number.NEGATIVE_INFINITY;
    if (event.at - heardAt < afterMsIn(before))
      throw new BrokenPromise('silent, so relieved', `${event.finding}: heard of ${event.at - heardAt} ms ago`);
  }

  /** `name` crashed, or stands still until then. */
  out(name: string, untilMs: number): void {
    this.#outUntilMs.set(name, Math.max(untilMs, this.#outUntilMs.get(name) ?? 0));
  }

  #told(event: EventOf<'alert.opened'>, before: FleetState): void {
    const { sessionId = '', agentId = '' } = before.leases.get(event.subject) ?? {};
    const heard = this.#heardAt.get(sessionId) ?? [];
    const found = heard.findLast(({ at, by }) => at <= event.at - AT_ONCE_MS && this.#isSure(by, at));
    if (found !== undefined && event.at - found.at < afterMsIn(before))
      throw new BrokenPromise('silent, so told', `${agentId}: ${found.by} heard of it ${event.at - found.at} ms ago`);
  }

  /** It has run since then, so it could write down what it heard. */
  #isSure(by: string, at: number): boolean {
    return (this.#outUntilMs.get(by) ?? Number.NEGATIVE_INFINITY) < at;
  }
}

interface Heard {
  readonly at: number;
  /** The coordinator that decided it. */
  readonly by: string;
}

interface Decided {
  readonly command: Command;
  readonly answer: Answer;
  readonly after: FleetState;
  readonly at: number;
  readonly by: string;
}

function afterMsIn({ fleet }: FleetState): number {
  return fleet?.policy?.content.silentHolder?.afterMs ?? DEFAULT_POLICY.silentHolder.afterMs;
}

/** What was decided at the same time by others, or behind it in the same batch, came after it in the log. */
const AT_ONCE_MS = 25;
const KEPT = 50;
