// The coupling lambda1, moved by a proportional-integral controller: it rises while voids are rare and parameters steady.

import { clip } from './clip.ts';
import { STEP } from './dynamics.ts';

/** How often it moves, in updates. */
export const CONTROL_EVERY = 10;

export interface Control {
  /** Always in [0.05, 0.20]. */
  readonly lambda1: number;
  /** Always in [-5, 5]. */
  readonly integral: number;
}

/** `share` is f, the share of voids among the last values of V. */
export function controlled(before: Control, share: number, coherence: number): Control {
  const error = 0.02 - share;
  const proportional = 0.5 * (0.7 * error + 0.3 * (coherence - 0.85));
  const integral = clip(before.integral + STEP * error, -5, 5);
  return { integral, lambda1: clip(before.lambda1 + proportional + 0.05 * integral, 0.05, 0.2) };
}
