// The pure core as a stage: nothing happens but what a row says, so rows meet whatever fell due before them.
//
// Besides what every stage checks, each decision is made three times: on the state, on it again, and on the state read
// back from its image. All three must be the same, or deciding depends on something that is not in the log.

import { apply } from '../../src/core/apply.ts';
import type { Command } from '../../src/core/command.ts';
import { type Decision, decide } from '../../src/core/decide.ts';
import { settleDeadlines } from '../../src/core/due.ts';
import type { FleetEvent, NewEvent } from '../../src/core/event.ts';
import { importState } from '../../src/core/fleet/state-image.ts';
import { emptyState, type FleetState, mergeState } from '../../src/core/fleet-state.ts';
import type { Moment } from '../../src/core/instant.ts';
import { checkDraft } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { BrokenPromise, differenceOf, textOf, Witness } from '../support/witness.ts';
import type { Stage, Told } from './stage.ts';

const FOUNDED_WALL_MS = Date.UTC(2025, 10, 19, 22, 25);

export class CoreStage implements Stage {
  readonly lateMs = 0;
  readonly #state = emptyState();
  readonly #witness = new Witness();
  /** The state as it was last compared with its folds. */
  #text = textOf(this.#state);

  get folded(): FleetState {
    return this.#witness.state;
  }

  async say(command: Command, at: number): Promise<Told> {
    const founding: Command = {
      op: 'found',
      fleetId: 'f1',
      by: { kind: 'system', name: 'table' },
      requestId: 'found',
      bodyHash: '',
    };
    const before = this.#state.fleet === null ? this.#decide(founding, momentAt(at)).groups.flat() : [];
    const decision = this.#decide(command, momentAt(at));
    return { answer: decision.answer, events: [...before, ...decision.groups.flat()] };
  }

  async state(event: NewEvent, at: number): Promise<readonly FleetEvent[]> {
    const fact = { ...event, seq: this.#state.position.seq + 1, ...momentAt(at), version: 1 } as unknown as FleetEvent;
    apply(this.#state, fact);
    this.#witness.take([fact]);
    this.#compare();
    return [fact];
  }

  async end(): Promise<void> {
    this.#witness.verify();
  }

  #decide(command: Command, moment: Moment): Decision {
    settleDeadlines(this.#state, moment.at);
    const decision = this.#decideThrice(command, moment);
    const violation = checkDraft(this.#state, decision.draft);
    if (violation !== null) {
      throw new BrokenPromise(violation.invariant, `${violation.detail}, before ${command.op} is logged`);
    }
    checkGroups(decision);
    this.#witness.take(decision.groups.flat());
    mergeState(this.#state, decision.draft);
    this.#compare();
    return decision;
  }

  /** Decides on the state, again, and on a copy of it, and compares. */
  #decideThrice(command: Command, moment: Moment): Decision {
    const told = ({ groups, answer }: Decision): string => JSON.stringify({ groups, answer });
    const copy = importState(JSON.parse(this.#text));
    settleDeadlines(copy, moment.at);
    const there = told(decide(copy, command, moment));
    const first = told(decide(this.#state, command, moment));
    if (textOf(this.#state) !== this.#text) {
      throw new BrokenPromise('pure', `${command.op} changed the state it was decided on`);
    }
    const decision = decide(this.#state, command, moment);
    const second = told(decision);
    if (first !== second) throw new BrokenPromise('pure', differenceOf(first, second));
    if (first !== there) throw new BrokenPromise('pure', differenceOf(first, there));
    return decision;
  }

  #compare(): void {
    this.#text = textOf(this.#state);
    const folded = this.#witness.verify();
    if (this.#text !== folded) throw new BrokenPromise('one fold', differenceOf(this.#text, folded));
  }
}

function checkGroups({ groups }: Decision): void {
  for (const group of groups) {
    const bytes = group.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
    if (group.length === 0 || group.length > LIMITS.groupEvents || bytes > LIMITS.groupBytes) {
      throw new BrokenPromise('bounded groups', `${group.length} events and ${bytes} bytes in one group`);
    }
  }
}

function momentAt(at: number): Moment {
  return { at, wallAt: new Date(FOUNDED_WALL_MS + at).toISOString(), stays: true };
}
