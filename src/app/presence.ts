// Which processes are there. Evidence is judged in its own place only: of a process that is elsewhere this coordinator knows
// that somebody is there who judges it, or that its whole place is gone; and of a session without one nothing at all.

import type { Attachment } from '../core/event.ts';
import type { FleetState } from '../core/fleet-state.ts';
import type { SessionRow } from '../core/rows.ts';
import type { StillPlace } from '../core/session/standstill.ts';
import type { Presence } from '../core/view/views.ts';
import type { Clock } from '../ports/clock.ts';
import type { ProcessState, ProcessTable } from '../ports/process-table.ts';
import type { OtherPlaces } from './other-places.ts';

export interface PresenceOptions {
  readonly placeId: string;
  readonly processes: ProcessTable;
  readonly others: OtherPlaces;
  readonly clock: Clock;
}

export interface DeadProcess {
  readonly sessionId: string;
  readonly attachmentId: string;
  /** One plain sentence: how it is known. */
  readonly evidence: string;
  /** What that rests on where it is in another place. */
  readonly still?: StillPlace;
}

interface Acting {
  readonly session: SessionRow;
  readonly attachment: Attachment;
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

  /** Judges every process that acts for a live session, as far as that can be done from here; answers the dead. */
  async survey(state: FleetState): Promise<readonly DeadProcess[]> {
    const { clock, placeId, others } = this.#options;
    this.#surveyedAtMs = clock.monotonicMs();
    await others.look(state);
    const sessions = new Set<SessionRow>();
    for (const place of [placeId, ...others.judged(state)])
      for (const session of state.sessions.in('place', place)) sessions.add(session);
    const known = new Map<string, Presence>();
    const dead = await this.#judge(state, [...sessions], known);
    this.#known = known;
    return dead;
  }

  /** The same for a few sessions only, at once. */
  async check(state: FleetState, sessionIds: Iterable<string>): Promise<readonly DeadProcess[]> {
    const sessions = [...sessionIds].flatMap((sessionId) => state.sessions.get(sessionId) ?? []);
    const live = sessions.filter((session) => session.state === 'live');
    return this.#judge(state, live, this.#known);
  }

  async #judge(
    state: FleetState,
    sessions: readonly SessionRow[],
    into: Map<string, Presence>,
  ): Promise<readonly DeadProcess[]> {
    const { placeId, processes, others } = this.#options;
    const acting = sessions.flatMap((session) => session.attachments.map((attachment) => ({ session, attachment })));
    const isHere = ({ attachment }: Acting): boolean => attachment.placeId === placeId;
    const local = acting.filter(isHere);
    const judged = await processes.judgeMany(local.map(({ attachment }) => attachment));
    const states = new Map<string, ProcessState[]>();
    const dead: DeadProcess[] = [];
    const note = (sessionId: string, seen: ProcessState): void =>
      void states.set(sessionId, [...(states.get(sessionId) ?? []), seen]);
    local.forEach(({ session: { sessionId }, attachment: { attachmentId, pid, kind } }, i) => {
      const seen = judged[i] ?? 'alive';
      note(sessionId, seen);
      if (seen === 'dead') dead.push({ sessionId, attachmentId, evidence: `process ${pid} (${kind}) is gone` });
    });
    for (const { session, attachment } of acting.filter((each) => !isHere(each))) {
      const gone = others.goneProcess(state, attachment);
      if (gone === null) {
        if (others.isThere(attachment)) note(session.sessionId, 'alive');
        continue;
      }
      note(session.sessionId, 'dead');
      dead.push({ sessionId: session.sessionId, attachmentId: attachment.attachmentId, ...gone });
    }
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
