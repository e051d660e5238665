// A fleet in which alerts are raised and closed by hand, in decisions of their own.

import type { AlertCause } from '../../src/core/alert/alert.ts';
import { close, openAlertOf, raise } from '../../src/core/alert/raise.ts';
import { apply } from '../../src/core/apply.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { forkState, mergeState } from '../../src/core/fleet-state.ts';
import { checkDraft, checkStep } from '../../src/core/invariants.ts';
import { Ledger } from '../../src/core/ledger.ts';
import type { IncidentRow } from '../../src/core/rows.ts';
import { CoreFleet } from './core-fleet.ts';
import { BrokenPromise } from './witness.ts';

/** A fleet in which alerts are raised and closed by hand. */
export class AlertedFleet extends CoreFleet {
  raise(subject: string, about: Partial<AlertCause> = {}): number {
    const cause: AlertCause = {
      code: 'silent_holder',
      subject,
      agents: [],
      resources: [],
      text: `${subject} is silent.`,
      next: 'Look.',
      evidence: {},
      ...about,
    };
    return this.#write((ledger) => raise(ledger, cause)) ?? 0;
  }

  protected override get wallAt(): string {
    return new Date(Date.parse('2025-11-19T23:25:00.000Z') + this.atMs).toISOString();
  }

  over(subject: string): void {
    this.#write((ledger) => {
      const row = openAlertOf(ledger, { code: 'silent_holder', subject });
      if (row !== null) close(ledger, row, 'It is over.');
    });
  }

  get incidents(): readonly IncidentRow[] {
    return [...this.state.incidents.rows()];
  }

  incident(number: number): IncidentRow {
    const row = this.state.incidents.get(String(number));
    if (row === undefined) throw new Error(`no incident ${number}`);
    return row;
  }

  /** What the next event, folded as it is, breaks. */
  stepOf(facts: object): string | null {
    const { state } = this;
    const { seq, at, wallAt } = state.position;
    const event = { seq: seq + 1, at, wallAt, version: 1, actor: 'brigade', ...facts } as unknown as FleetEvent;
    const after = forkState(state);
    apply(after, event);
    return checkStep(state, event, after)?.invariant ?? null;
  }

  #write<T>(write: (ledger: Ledger) => T): T {
    const ledger = new Ledger(this.state, { at: this.atMs, wallAt: this.wallAt }, 'brigade', '');
    const result = write(ledger);
    const violation = checkDraft(this.state, ledger.state);
    if (violation !== null) throw new BrokenPromise(violation.invariant, violation.detail);
    mergeState(this.state, ledger.state);
    this.events.push(...ledger.groups.flat());
    return result;
  }
}
