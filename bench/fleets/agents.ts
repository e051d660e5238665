// An agent of the simulation, at its host.

import { isRejection } from '../../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../../src/core/reply.ts';
import type { Timeline } from '../../test/simulation/timeline.ts';
import type { HostModel } from './host-model.ts';
import type { AgentLife, Ask } from './load.ts';

export interface AgentParts {
  readonly timeline: Timeline;
  readonly host: HostModel;
  readonly life: AgentLife;
  /** Its number within its fleet. */
  readonly agent: number;
  /** From when it was asked until the answer, waiting in line left out. */
  readonly onAnswered: (ms: number) => void;
}

export class AgentModel {
  readonly #parts: AgentParts;

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  /** Begins in the middle of its life: at work with probability as high as at any moment, else thinking. */
  begin(ask: (ask: Ask) => Answer): void {
    const { life } = this.#parts;
    if (life.beginsAtWork()) this.#acquired(leasedBy(ask(life.acquire())));
    else this.#think();
  }

  #think(): void {
    const { timeline, life } = this.#parts;
    timeline.after(life.thinkMs(), () => this.#ask(life.acquire(), (answer) => this.#acquired(leasedBy(answer))));
  }

  #acquired({ status, ticket, leases }: AcquireReply): void {
    const { timeline, life, host } = this.#parts;
    if (status === 'queued' && ticket !== null) {
      host.park({ ticket, hear: (answer) => this.#acquired(leasedBy(answer)) });
      return;
    }
    const [lease] = leases;
    if (lease === undefined) throw new Error(`an acquire was answered ${status}, without a lease`);
    const { resource, token } = lease;
    timeline.after(life.holdMs(), () =>
      this.#ask(life.release({ resource, token }), () => this.#say(life.afterRound())),
    );
  }

  #say([first, ...rest]: readonly Ask[]): void {
    if (first === undefined) this.#think();
    else this.#ask(first, () => this.#say(rest));
  }

  #ask(ask: Ask, then: (answer: Answer) => void): void {
    const { timeline, host, agent, onAnswered } = this.#parts;
    const askedMs = timeline.nowMs;
    host.submit(agent, ask, (answer) => {
      onAnswered(timeline.nowMs - askedMs);
      if (isRejection(answer)) throw new Error(`${ask.op} was refused: ${answer.code} ${answer.message}`);
      then(answer);
    });
  }
}

function leasedBy(answer: Answer): AcquireReply {
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  if (answer.op !== 'acquire') throw new Error(`answered ${answer.op}`);
  return answer;
}
