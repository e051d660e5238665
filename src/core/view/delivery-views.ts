// What can be seen of targets outside the fleet. See `views.ts` for what all views have in common.

import type { AlertCode, Severity } from '../alert/alert.ts';
import type { DeliveryTarget } from '../delivery/target.ts';

/** A target of alerts outside the fleet. */
export interface TargetView {
  readonly name: string;
  readonly kind: DeliveryTarget['kind'];
  /** Of a webhook, where it is, without the path. */
  readonly host: string | null;
  /** Null: all. */
  readonly codes: readonly AlertCode[] | null;
  readonly minSeverity: Severity;
  readonly state: 'working' | 'failing' | 'disabled';
  readonly waiting: number;
  /** Until the next try; null where nothing waits. */
  readonly nextInMs: number | null;
  readonly delivered: number;
  readonly dead: number;
  /** Who sends to it just now. */
  readonly sender: { readonly placeId: string; readonly pid: number } | null;
  readonly lastDeliveredAt: string | null;
  readonly lastFault: { readonly at: string; readonly detail: string } | null;
  readonly disabled: { readonly at: string; readonly detail: string } | null;
}

/** A message that was given up. */
export interface DeadLetterView {
  readonly target: string;
  /** Of the event that it was to tell. */
  readonly number: number;
  readonly subject: string;
  readonly code: AlertCode;
  readonly attempts: number;
  readonly detail: string;
  /** When the event happened. */
  readonly at: string;
}

export interface DeliveriesView {
  readonly targets: readonly TargetView[];
  /** The newest first. */
  readonly dead: readonly DeadLetterView[];
  readonly deadLeftOut: number;
}
