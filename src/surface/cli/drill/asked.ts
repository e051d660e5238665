// How somebody asked for a drill, and what came of it.

import type { ScratchOptions } from './rehearsal/on-scratch.ts';

export interface Asked extends Omit<ScratchOptions, 'policy'> {
  readonly agents: number;
  readonly seed: number;
  /** Where the report goes that the fleet makes of the incident; null: nowhere. */
  readonly report: string | null;
  /** The page of the drill's fleet is served, and whoever looks at it may help. Null: it is not. */
  readonly page: PageAsked | null;
}

/** A drill with its page does not end with its last scene: people read what came of it there. */
export interface PageAsked {
  /** Resolves when whoever looks on has seen enough. */
  readonly seen: () => Promise<void>;
}

export interface Outcome {
  readonly ok: boolean;
  /** The scratch folder, where it was kept. */
  readonly folder: string | null;
}

/** What a pipe or a file is written for. */
const PLAIN_WIDTH = 96;

export function widthFor(width: number): number {
  return Number.isFinite(width) ? width : PLAIN_WIDTH;
}
