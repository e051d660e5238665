// Surfaces say why Brigade did not start the way they say any refusal.

import type { Rejection } from '../core/rejection.ts';
import { SetupFault } from '../ports/setup-fault.ts';

/** The refusal that stopped the start; null for any other error, which is a fault of ours. */
export function setupRejection(error: unknown): Rejection | null {
  return error instanceof SetupFault ? error.rejection : null;
}
