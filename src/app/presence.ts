// Which processes of this place are there. Evidence is judged in its own place only: for a session whose processes are
// elsewhere, or that has none, this coordinator knows nothing.

import type { FleetState } from '../core/fleet-state.ts';
import type { SessionRow } from '../core/rows.ts';
import type { Presence } from '../core/view/views.ts';
import type { Clock } from '../ports/clock.ts';
import type { ProcessState, ProcessTable } from '../ports/process-table.ts';

export interface PresenceOptions {
  readonly placeId: string;
  readonly processes: ProcessTable;
  readonly clock: Clock;
}

export interface DeadProcess {
  readonly sessionId: string;
  readonly attachmentId: string;
  /** One plain sentence: how it is known. */
  readonly evidence: string;
}

/** How long a survey counts as now, for views. */
const FRESH_MS = 500;

export class PresenceSurvey {
  readonly #options: PresenceOptions;
  #known = new Map<string, Presence>();
  #surveyedAtMs = Number.NEGATIVE_INFINITY;
  #surveying: Promise<unknown> = Promise.resolve();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** As of the last survey. */
  presenceOf(sessionId: string): Presence {
    return this.#known.get(sessionId) ?? 'unknown';
  }

  /** Makes `presenceOf` good enough for a view. Views that are asked for at once share one survey, and wait for it. */
  async refresh(state: FleetState): Promise<void> {
    const isFresh = this.#options.clock.monotonicMs() - this.#surveyedAtMs < FRESH_MS;
    if (!isFresh) this.#surveying = this.survey(state);
    await this.#surveying;
  }

  /** Judges every process of this place that acts for a live session; answers the dead. */
  async survey(state: FleetState): Promise<readonly DeadProcess[]> {
    this.#surveyedAtMs = this.#options.clock.monotonicMs();
    const sessions = [...state.sessions.in('place', this.#options.placeId)];
    const known = new Map<string, Presence>();
    const dead = await this.#judge(sessions, known);
    this.#known = known;
    return dead;
  }

  /** The same for a few sessions only, at once. */
  async check(state: FleetState, sessionIds: Iterable<string>): Promise<readonly DeadProcess[]> {
    const sessions = [...sessionIds].flatMap((sessionId) => state.sessions.get(sessionId) ?? []);
    const live = sessions.filter((session) => session.state === 'live');
    return this.#judge(live, this.#known);
  }

  async #judge(sessions: readonly SessionRow[], into: Map<string, Presence>): Promise<readonly DeadProcess[]> {
    const { placeId, processes } = this.#options;
    const local = sessions.flatMap((session) =>
      session.attachments.filter((each) => each.placeId === placeId).map((attachment) => ({ session, attachment })),
    );
    const judged = await processes.judgeMany(local.map(({ attachment }) => attachment));
    const states = new Map<string, ProcessState[]>();
    const dead: DeadProcess[] = [];
    local.forEach(({ session: { sessionId }, attachment: { attachmentId, pid, kind } }, i) => {
      const state = judged[i] ?? 'alive';
      states.set(sessionId, [...(states.get(sessionId) ?? []), state]);
      if (state === 'dead') dead.push({ sessionId, attachmentId, evidence: `process ${pid} (${kind}) is gone` });
    });
    for (const session of sessions) into.set(session.sessionId, presenceFrom(session, states.get(session.sessionId)));
    return dead;
  }
}

/** The best of its processes counts. One in another place may be alive for all we know. */
function presenceFrom(session: SessionRow, states: readonly ProcessState[] = []): Presence {
  if (states.includes('alive')) return 'alive';
  if (states.length < session.attachments.length || states.length === 0) return 'unknown';
  return states.includes('stopped') ? 'stopped' : 'gone';
}
