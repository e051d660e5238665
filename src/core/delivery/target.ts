// Where alerts go besides the fleet itself. The policy names targets and says what each wants to hear; secrets and programs are
// never in it, but with the user of a host, so that a policy that came with a repository reaches nobody by itself.

import type { AlertCode, Severity } from '../alert/alert.ts';
import type { FleetState } from '../fleet-state.ts';

interface TargetBase {
  readonly name: string;
  /** Only alerts of these kinds; absent: all. */
  readonly codes?: readonly AlertCode[];
  /** Only alerts at least so grave; absent: all. */
  readonly minSeverity?: Severity;
  /** Waits between tries, one for each try after the first; absent: `RETRIES_MS`. */
  readonly retriesMs?: readonly number[];
}

/** An endpoint that is sent signed requests. */
export interface WebhookTarget extends TargetBase {
  readonly kind: 'webhook';
  readonly url: string;
  /** It may lie in a private network. */
  readonly allowPrivate?: boolean;
}

/** Something on a host: a notification on the desktop, or a program that the user of that host has named. */
export interface LocalTarget extends TargetBase {
  readonly kind: 'desktop' | 'command';
}

export type DeliveryTarget = WebhookTarget | LocalTarget;

/** What is asked of an alert before a target hears of it. */
export interface Heard {
  readonly code: AlertCode;
  readonly severity: Severity;
}

const NOBODY: readonly DeliveryTarget[] = [];
const GRAVITY: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Those of the policy in force. */
export function targetsOf({ fleet }: Pick<FleetState, 'fleet'>): readonly DeliveryTarget[] {
  return fleet?.policy?.content.alerts?.deliver ?? NOBODY;
}

export function targetNamed(state: Pick<FleetState, 'fleet'>, name: string): DeliveryTarget | null {
  return targetsOf(state).find((target) => target.name === name) ?? null;
}

/** True when the target wants to hear of such an alert. */
export function wants({ codes, minSeverity = 'info' }: DeliveryTarget, { code, severity }: Heard): boolean {
  return (codes === undefined || codes.includes(code)) && GRAVITY[severity] >= GRAVITY[minSeverity];
}
