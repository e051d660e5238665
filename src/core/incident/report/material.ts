// What a report is made from, and how it is gathered: whoever reads the log hands each fact to a `Collector`, in order, and the
// collector keeps what concerns the incident.
//
//   before     some time before the first alert: who held and who waited is followed, the facts themselves are not kept
//   course     from ten minutes before the incident opened until it closed, or now: facts that concern it are kept
//   after      until the head: only how the leases ended that were held when it closed
//
// Everything is bounded. What did not fit is counted, and the report says so.

import type { FleetEvent } from '../../event.ts';
import type { IncidentView } from '../../view/incident-views.ts';
import { Concern } from './concern.ts';
import { isNoise } from './noise.ts';
import { type Hold, Scene, type Wait } from './scene.ts';

export type ReportedEvent = FleetEvent & { readonly hash: string };

export const REPORT_LIMITS = {
  /** What led to an incident is looked for in this time before it. */
  beforeMs: 600_000,
  /** Facts before the opening that are looked at, so that what was held then is known: well under a second of reading. */
  factsBefore: 20_000,
  /** Facts looked at from then on: a few seconds of reading. What comes later is counted by nobody, and said. */
  factsRead: 500_000,
  /** Facts kept, and as many that say only that somebody went on. */
  factsKept: 20_000,
  /** Agents besides those that its alerts name. */
  others: 100,
} as const;

export interface ReportMaterial {
  readonly view: IncidentView;
  /** Facts that concern the incident, in order. */
  readonly events: readonly ReportedEvent[];
  /** Who held and who waited when the first of them was read. */
  readonly holds: readonly Hold[];
  readonly waits: readonly Wait[];
  /** How leases ended after the incident closed. */
  readonly laterEnds: readonly ReportedEvent[];
  readonly read: ReadRange;
  /** Governed state as it is now, of the keys that were written. */
  readonly versions: Readonly<Record<string, number>>;
}

/** What was read of the log. */
export interface ReadRange {
  readonly from: { readonly seq: number; readonly wallAt: string; readonly hash: string } | null;
  readonly to: { readonly seq: number; readonly wallAt: string; readonly hash: string } | null;
  readonly facts: number;
  /** Places at which a number is missing. A new epoch leaves one gap, and says so. */
  readonly gaps: readonly { readonly after: number; readonly next: number }[];
  /** Facts that concern the incident and were not kept. */
  readonly leftOut: number;
  /** The log begins here: what came before was cut off and is not known. */
  readonly knownFrom: number | null;
  /** Reading stopped before the end of the incident. */
  readonly isCut: boolean;
}

export class Collector {
  readonly #view: IncidentView;
  readonly #concern: Concern;
  readonly #scene = new Scene({ keepsEnded: false });
  readonly #keeps: { readonly told: ReportedEvent[]; readonly noise: ReportedEvent[] } = { told: [], noise: [] };
  readonly #laterEnds: ReportedEvent[] = [];
  readonly #gaps: { readonly after: number; readonly next: number }[] = [];
  readonly #knownFrom: number | null;
  #before: Pick<ReportMaterial, 'holds' | 'waits'> | null = null;
  #from: ReadRange['from'] = null;
  #to: ReadRange['to'] = null;
  #facts = 0;
  #leftOut = 0;
  #lastSeq: number | null = null;
  #isCut = false;

  /** `knownFrom`: the first number that the log still has, where its beginning was cut off. */
  constructor(view: IncidentView, knownFrom: number | null = null) {
    this.#view = view;
    this.#concern = new Concern(view);
    this.#knownFrom = knownFrom;
    for (const { token, resource, mode, agentId, sessionId, reason, ttlMs, path, grantedAt, usedAt } of view.leases) {
      if (token > this.after) continue;
      const hold = {
        token,
        resource,
        mode,
        agentId,
        sessionId,
        reason,
        ttlMs,
        path,
        from: grantedAt,
        usedAt,
        end: null,
      };
      this.#scene.putHold(hold);
    }
    for (const { queuedAt, ...row } of view.tickets) {
      if (row.queuedSeq <= this.after) this.#scene.putWait({ ...row, from: queuedAt, end: null });
    }
  }

  /** Where to begin to read. */
  get after(): number {
    const wanted = Math.max(0, this.#view.line.openedSeq - REPORT_LIMITS.factsBefore);
    return Math.max(wanted, (this.#knownFrom ?? 1) - 1);
  }

  /** Takes the next fact of the log; false when nothing that follows is needed. */
  take(event: ReportedEvent): boolean {
    const { row, head } = this.#view;
    if (event.seq > head.seq) return false;
    if (event.seq > (row.closed?.seq ?? head.seq)) return this.#takeLater(event);
    const isConcerned = this.#concern.includes(event);
    if (event.at < row.openedAt - REPORT_LIMITS.beforeMs && event.seq < row.openedSeq) {
      if (isConcerned) this.#scene.take(event);
      this.#lastSeq = event.seq;
      return true;
    }
    this.#begin(event);
    this.#count(event);
    if (this.#facts > REPORT_LIMITS.factsRead) {
      this.#isCut = true;
      return false;
    }
    if (isConcerned) this.#keep(event);
    return true;
  }

  /** Agents of whom facts were kept and whom the view does not know: who stood in the same line, and has left it since. */
  get others(): readonly string[] {
    const known = new Set(this.#view.parties.map(({ agentId }) => agentId));
    const named = this.#keeps.told.flatMap(({ agentId }) =>
      agentId === undefined || known.has(agentId) ? [] : agentId,
    );
    return [...new Set(named)].slice(0, REPORT_LIMITS.others);
  }

  get material(): Omit<ReportMaterial, 'versions'> {
    return {
      view: this.#view,
      events: [...this.#keeps.told, ...this.#keeps.noise].toSorted((a, b) => a.seq - b.seq),
      ...this.#remember(),
      laterEnds: this.#laterEnds,
      read: {
        from: this.#from,
        to: this.#to,
        facts: this.#facts,
        gaps: this.#gaps,
        leftOut: this.#leftOut,
        knownFrom: this.#knownFrom,
        isCut: this.#isCut,
      },
    };
  }

  /** From here on facts are kept: what is over by now is no part of it. */
  #begin({ seq, wallAt, hash }: ReportedEvent): void {
    if (this.#from !== null) return;
    this.#remember();
    this.#from = { seq, wallAt, hash };
  }

  #remember(): Pick<ReportMaterial, 'holds' | 'waits'> {
    this.#before ??= { holds: [...this.#scene.holds.values()], waits: [...this.#scene.waits.values()] };
    return this.#before;
  }

  #count({ seq, wallAt, hash }: ReportedEvent): void {
    if (this.#lastSeq !== null && seq !== this.#lastSeq + 1) this.#gaps.push({ after: this.#lastSeq, next: seq });
    this.#lastSeq = seq;
    this.#facts += 1;
    this.#to = { seq, wallAt, hash };
  }

  #keep(event: ReportedEvent): void {
    this.#scene.take(event);
    const kept = isNoise(event) ? this.#keeps.noise : this.#keeps.told;
    if (kept.length < REPORT_LIMITS.factsKept) kept.push(event);
    else this.#leftOut += 1;
  }

  #takeLater(event: ReportedEvent): boolean {
    if (this.#scene.holders === 0 || this.#laterEnds.length >= REPORT_LIMITS.factsKept) return false;
    this.#facts += 1;
    if (this.#facts > REPORT_LIMITS.factsRead) return false;
    const isKnown = this.#scene.isHeld(event.token ?? 0) || event.type === 'lease.granted';
    if (!isKnown || !this.#concern.includes(event)) return true;
    this.#scene.take(event);
    if (event.type !== 'lease.renewed') this.#laterEnds.push(event);
    return true;
  }
}
