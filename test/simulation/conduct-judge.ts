// A second, naive reading of what agents become, what a pause keeps them from, and how often they have checked in: from the
// events alone, without rows and folds of the core.

import type { FleetEvent, Lifecycle } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { BrokenPromise } from '../support/witness.ts';

interface Known {
  lifecycle: Lifecycle;
  /** Paused, or archived while it was. */
  isPauseStanding: boolean;
  /** Nothing is known of it but lines of its history elsewhere. */
  isOnlyLines: boolean;
}

/** What only an active agent does, or has done for it. */
const ACTIVE_ONLY: ReadonlySet<FleetEvent['type']> = new Set([
  'lease.granted',
  'lease.renewed',
  'lease.queued',
  'wait.parked',
  'handoff.offered',
  'state.put',
  'message.sent',
  'session.active',
]);

export class ConductJudge {
  readonly #agents = new Map<string, Known>();
  readonly #updates = new Map<string, number>();
  /** Was told to pause by the event before. */
  #toldToPause: string | null = null;

  isActive(agentId: string): boolean {
    return this.#agents.get(agentId)?.lifecycle === 'active';
  }

  /** Reads one event of the log. Throws when it breaks a promise. */
  read(event: FleetEvent): void {
    const { type, agentId = '' } = event;
    const told = `${type} of ${agentId} at ${event.seq}`;
    if (this.#toldToPause !== null && (type !== 'agent.paused' || agentId !== this.#toldToPause))
      throw new BrokenPromise('verdict binds', `${this.#toldToPause} was told to pause, and then came ${told}`);
    this.#toldToPause = null;
    const known = this.#agents.get(agentId);
    // A release of everything that finds nothing is remembered as activity, which renews nothing then.
    const isEmptyRelease = type === 'session.active' && event.request?.op === 'release';
    if (known !== undefined && ACTIVE_ONLY.has(type) && known.lifecycle !== 'active' && !isEmptyRelease)
      throw new BrokenPromise('pause binds', `${told}, which is ${known.lifecycle}`);
    if (known === undefined) this.#meet(event, agentId);
    else this.#take(event, known, told);
  }

  /** After an epoch started, or another history of the log goes on: as this state says. */
  restart({ agents, conduct, imports }: FleetState): void {
    this.#agents.clear();
    this.#updates.clear();
    this.#toldToPause = null;
    for (const { agentId, lifecycle, pause, client, sessions, change } of agents.rows()) {
      const isUntouched = client === 'import' && sessions === 0 && change === null;
      const isOnlyLines = isUntouched && imports.get(agentId)?.record === null;
      this.#agents.set(agentId, { lifecycle, isPauseStanding: pause !== null, isOnlyLines });
    }
    for (const { agentId, updates } of conduct.rows()) this.#updates.set(agentId, updates);
  }

  /** Throws when the state says anything else of an agent. */
  compare({ agents, conduct }: FleetState): void {
    for (const { agentId, lifecycle, pause } of agents.rows()) {
      const known = this.#agents.get(agentId);
      if (known?.lifecycle !== lifecycle || known.isPauseStanding !== (pause !== null))
        throw new BrokenPromise('lifecycle', `${agentId} is ${lifecycle} and was made ${known?.lifecycle}`);
      const updates = conduct.get(agentId)?.updates ?? 0;
      if (updates !== (this.#updates.get(agentId) ?? 0))
        throw new BrokenPromise(
          'counters',
          `${agentId} checked in ${this.#updates.get(agentId)} times, not ${updates}`,
        );
    }
  }

  /** Whoever was not known before. */
  #meet(event: FleetEvent, agentId: string): void {
    const isNew = event.type === 'agent.registered' || event.type === 'history.imported';
    const lifecycle = event.type === 'agent.imported' ? event.lifecycle : 'active';
    if (!isNew && event.type !== 'agent.imported') return;
    const isOnlyLines = event.type === 'history.imported';
    this.#agents.set(agentId, { lifecycle, isPauseStanding: lifecycle === 'paused', isOnlyLines });
  }

  #take(event: FleetEvent, known: Known, told: string): void {
    const { lifecycle, isPauseStanding, isOnlyLines } = known;
    const { agentId = '' } = event;
    if (event.type === 'agent.imported' && isOnlyLines) {
      known.lifecycle = event.lifecycle;
      known.isPauseStanding = event.lifecycle === 'paused';
    }
    if (event.type !== 'history.imported') known.isOnlyLines = false;
    switch (event.type) {
      case 'agent.paused':
        expect(lifecycle === 'active' || (lifecycle === 'paused' && event.by === 'operator'), told);
        Object.assign(known, { lifecycle: 'paused', isPauseStanding: true });
        return;
      case 'agent.resumed':
        expect(lifecycle === 'paused', told);
        Object.assign(known, { lifecycle: 'active', isPauseStanding: false });
        return;
      case 'agent.archived':
        expect(lifecycle === 'active' || lifecycle === 'paused', told);
        known.lifecycle = 'archived';
        return;
      case 'agent.restored':
        expect(lifecycle === 'archived', told);
        known.lifecycle = isPauseStanding ? 'paused' : 'active';
        return;
      case 'agent.retired':
        expect(lifecycle !== 'retired', told);
        known.lifecycle = 'retired';
        return;
      case 'checkin.recorded': {
        expect(lifecycle === 'active' || (lifecycle === 'paused' && event.verdict === 'pause'), told);
        this.#updates.set(agentId, (this.#updates.get(agentId) ?? 0) + 1);
        if (event.verdict === 'pause' && lifecycle === 'active') this.#toldToPause = agentId;
        return;
      }
      default:
    }
  }
}

function expect(isTrue: boolean, told: string): void {
  if (!isTrue) throw new BrokenPromise('lifecycle', told);
}
