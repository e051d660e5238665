// Somebody who is told of alerts, as a test has it: it answers what the test says, and knows what it was sent, whoever sent it.

import type { OutgoingMessage } from '../../src/core/delivery/message.ts';
import type { DeliveryTarget } from '../../src/core/delivery/target.ts';
import type { Notifier, SendResult } from '../../src/ports/notifier.ts';

interface Told {
  readonly type: string;
  readonly timestamp: string;
  readonly data: {
    readonly fleetId: string;
    readonly subject: string;
    readonly code: string;
    readonly severity: string;
    readonly sentence: string;
    readonly event: { readonly seq: number; readonly hash: string };
  };
}

export interface Arrival {
  readonly by: string;
  readonly target: string;
  readonly id: string;
  readonly body: string;
  readonly told: Told;
}

export const DELIVERED: SendResult = { result: 'delivered', detail: 'it answered 200' };
export const FAILED: SendResult = { result: 'failed', detail: 'it answered 500', retryAfterMs: null };

export type Answering = (arrival: Arrival, signal: AbortSignal) => SendResult | Promise<SendResult>;

export class Receiver {
  readonly arrivals: Arrival[] = [];
  /** Messages by id as they were first taken: what somebody sees who drops ids that it knows. */
  readonly taken = new Map<string, Arrival>();
  answering: Answering;
  /** Why a target cannot be reached by the sender of this name; null when it can. */
  standing: (by: string, target: DeliveryTarget) => string | null = () => null;

  constructor(answering: Answering = () => DELIVERED) {
    this.answering = answering;
  }

  /** What the sender of this name reaches it by. */
  notifierOf(by: string): Notifier {
    return {
      standingAgainst: (target) => Promise.resolve(this.standing(by, target)),
      send: (target, message, signal) => this.#send(by, target, message, signal),
    };
  }

  /** Kinds of events that were taken about each alert or incident, in the order in which they were first taken. */
  get stories(): Readonly<Record<string, readonly string[]>> {
    const stories: Record<string, string[]> = {};
    for (const { told } of this.taken.values()) {
      const { subject } = told.data;
      stories[subject] = [...(stories[subject] ?? []), told.type];
    }
    return stories;
  }

  async #send(
    by: string,
    { name }: DeliveryTarget,
    { id, body }: OutgoingMessage,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const arrival = { by, target: name, id, body, told: JSON.parse(body) as Told };
    this.arrivals.push(arrival);
    const result = await this.answering(arrival, signal);
    if (result.result === 'delivered' && !this.taken.has(id)) this.taken.set(id, arrival);
    return result;
  }
}
