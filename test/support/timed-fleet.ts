// A fleet of decisions alone whose wall clock goes with the fleet's, for what is drawn along the time. It can also work by
// itself: whatever agents and operators do, in an order that a seed says.

import type { FleetEvent } from '../../src/core/event.ts';
import { CoreFleet } from './core-fleet.ts';
import type { Random } from './random.ts';

export const BEGAN_MS = Date.UTC(2025, 10, 19, 22, 0, 0);

const FILES = ['file:@w1/a', 'file:@w1/b', 'file:@w1/dir/', 'file:@w1/dir/c', 'task:stew'];

export class TimedFleet extends CoreFleet {
  readonly #agents: string[] = [];
  #joined = 0;

  protected override get wallAt(): string {
    return new Date(BEGAN_MS + this.atMs).toISOString();
  }

  /** The last fact of this type. */
  last<T extends FleetEvent['type']>(type: T): FleetEvent & { readonly type: T } {
    const found = this.events.findLast((event) => event.type === type);
    if (found === undefined) throw new Error(`nothing is ${type}`);
    return found as FleetEvent & { readonly type: T };
  }

  /** Something happens; most often an agent works. */
  works(random: Random): void {
    this.atMs += random.pick([0, 10, 400, 2_000, 30_000, 90_000]);
    if (this.#agents.length < 3 || random.chance(0.04)) this.#comes(random);
    const agentId = random.pick(this.#agents);
    random.weighted<() => void>([
      [30, () => this.#acquires(agentId, random)],
      [14, () => void this.says(agentId, { op: 'release', leases: 'all' })],
      [8, () => this.#goesOnWaiting(agentId, random)],
      [8, () => this.#checksIn(agentId, random)],
      [4, () => this.#tellsOutcome(random)],
      [6, () => this.#hands(agentId, random)],
      [6, () => this.#answers(agentId, random)],
      [5, () => this.#isTakenBack(random)],
      [6, () => this.#isChanged(agentId, random)],
      [3, () => void this.says(agentId, { op: 'close_session', why: 'done' })],
      [2, () => void this.system({ op: 'mark_drill', label: 'bell', note: '' })],
      [10, () => void this.system({ op: 'watch' })],
      [10, () => this.settle()],
    ])();
  }

  #comes(random: Random): void {
    this.#joined += 1;
    const again = this.#agents.length > 0 && random.chance(0.5);
    const agentId = again ? random.pick(this.#agents) : `cook-${this.#joined}`;
    this.join(agentId, `s-${agentId}-${this.#joined}`);
    if (!again) this.#agents.push(agentId);
  }

  #acquires(agentId: string, random: Random): void {
    const resources = random.chance(0.3) ? [random.pick(FILES), random.pick(FILES)] : [random.pick(FILES)];
    const mode = random.chance(0.3) ? 'shared' : 'exclusive';
    const asked = { waitMs: random.pick([0, 5_000, 600_000]), ttlMs: random.pick([20_000, 900_000]) };
    this.says(agentId, { op: 'acquire', resources: [...new Set(resources)], mode, reason: '', priority: 0, ...asked });
  }

  #goesOnWaiting(agentId: string, random: Random): void {
    const tickets = [...this.state.tickets.rows(), ...this.state.endedTickets.rows()];
    if (tickets.length === 0) return;
    const { ticket } = random.pick(tickets);
    const ask = random.weighted<Parameters<typeof this.says>[1]>([
      [3, { op: 'await', ticket, waitMs: 60_000 }],
      [2, { op: 'withdraw', ticket }],
      [2, { op: 'leave_wait', ticket }],
      [3, { op: 'undelivered', ticket }],
    ]);
    const owner = this.state.sessions.get(random.pick(tickets).sessionId)?.agentId ?? agentId;
    this.says(owner, ask);
  }

  #checksIn(agentId: string, random: Random): void {
    const said = { complexity: 0.5, confidence: random.pick([null, 0.2, 0.9]), plan: null, parameters: null };
    const outcomes = random.chance(0.3) ? [{ kind: 'tests', ok: random.chance(0.5), evidence: '' }] : [];
    const summary = `round ${random.below(4)}`;
    this.says(agentId, { op: 'check_in', summary, digest: summary.padEnd(32, '.'), outcomes, ...said });
  }

  #tellsOutcome(random: Random): void {
    const known = [...this.state.checkIns.rows()];
    if (known.length === 0) return;
    const { checkInId } = random.pick(known);
    const kind = random.pick(['tests', 'review']);
    this.operator({ op: 'record_outcome', checkInId, kind, ok: random.chance(0.5), evidence: '' });
  }

  #hands(agentId: string, random: Random): void {
    const own = [...this.state.leases.rows()].filter((lease) => lease.agentId === agentId);
    if (own.length === 0) return;
    const { resource, token } = random.pick(own);
    this.says(agentId, { op: 'hand_off', resource, token, to: random.pick(this.#agents) });
  }

  #answers(agentId: string, random: Random): void {
    const offers = [...this.state.handoffs.rows()];
    if (offers.length === 0) return;
    const { offer, to } = random.pick(offers);
    const answer = random.chance(0.7) ? 'accept' : 'decline';
    this.says(random.chance(0.8) ? to : agentId, { op: 'answer_handoff', offer, answer });
  }

  #isTakenBack(random: Random): void {
    const leases = [...this.state.leases.rows()];
    if (leases.length === 0) return;
    const { resource, token } = random.pick(leases);
    this.operator({ op: 'revoke', resource, token, reason: 'it is frozen' });
  }

  #isChanged(agentId: string, random: Random): void {
    const op = random.pick(['pause', 'resume', 'archive', 'restore', 'resume', 'restore'] as const);
    this.operator({ op, agentId, reason: 'because' });
  }
}
