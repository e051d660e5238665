// The four coordinates and how they move: one explicit Euler step, all derivatives taken from the old state.

import { clip } from './clip.ts';

/** Called energy, information integrity, entropy and void by their authors; the names promise more than is shown. */
export interface Coordinates {
  readonly E: number;
  readonly I: number;
  readonly S: number;
  readonly V: number;
}

export const STEP = 0.1;

/** After one step under the change D2 of the parameters. E, I and S stay in [0, 1]; V is not clipped and stays within 0.75. */
export function stepped(
  { E, I, S, V, lambda1 }: Coordinates & { readonly lambda1: number },
  change: number,
): Coordinates {
  const C = 0.5 * (1 + Math.tanh(V));
  const dE = 0.5 * (I - E) - 0.1 * E * S + lambda1 * E * change;
  const dI = -0.1 * S + 0.05 * I * C - 0.3 * I * (1 - I);
  const dS = -0.8 * S + lambda1 * change - 0.05 * C;
  const dV = 0.3 * (E - I) - 0.4 * V;
  return {
    E: clip(E + STEP * dE, 0, 1),
    I: clip(I + STEP * dI, 0, 1),
    S: clip(S + STEP * dS, 0, 1),
    V: V + STEP * dV,
  };
}
