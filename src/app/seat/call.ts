// How one call to a seat is made, whatever it asks.

import type { WaitProgress } from '../coordinator.ts';

export interface Call {
  /** Handle of the session to act for, instead of the default one. */
  readonly session?: string | undefined;
  /** Makes a repeat harmless; minted when absent. */
  readonly requestId?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly cut?: AbortSignal | undefined;
  readonly cancelled?: AbortSignal | undefined;
  /** Monotonic milliseconds at which the request arrived. */
  readonly receivedMonoMs?: number | undefined;
  readonly onProgress?: ((progress: WaitProgress) => void) | undefined;
}
