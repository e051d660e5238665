// How a server is guarded, decided when it starts.

import type { Clock } from '../../../ports/clock.ts';
import type { Operators } from './operators.ts';

export interface AccessSettings {
  /** The address that it listens on. */
  readonly bind: string;
  /** Names that it answers to besides, as somebody in front of it may call it. */
  readonly names: readonly string[];
  readonly isSecure: boolean;
  readonly limitsRates: boolean;
  /** Those who may be operators in a browser; nobody where it is left out. */
  readonly operators?: Operators;
  /** Another clock, for a test that holds it. */
  readonly clock?: Clock;
}

/** For this host alone. */
export const NEARBY: AccessSettings = {
  bind: '127.0.0.1',
  names: [],
  isSecure: false,
  limitsRates: true,
};
