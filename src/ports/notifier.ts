// How an alert leaves the fleet. The inside says what is sent to whom and in which order; whoever implements this knows how to
// reach a target from this host, and whether the user of this host has enabled it.

import type { OutgoingMessage } from '../core/delivery/message.ts';
import type { DeliveryTarget } from '../core/delivery/target.ts';

export type SendResult =
  /** `detail`: what the receiver said, for people; never what it wrote. */
  | { readonly result: 'delivered'; readonly detail: string }
  /** `gone`: it wants nothing more, ever. */
  | { readonly result: 'gone'; readonly detail: string }
  | {
      readonly result: 'failed';
      readonly detail: string;
      /** How long it wants to be left alone; null where it did not say. */
      readonly retryAfterMs: number | null;
    };

export interface Notifier {
  /** Why this process cannot send to the target, in a plain sentence; null when it can. */
  standingAgainst(target: DeliveryTarget): Promise<string | null>;
  /**
   * Sends once. Ends within a bound, or soon after the signal. What the receiver does is in the answer; throws only for faults
   * of our own.
   */
  send(target: DeliveryTarget, message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>;
}
