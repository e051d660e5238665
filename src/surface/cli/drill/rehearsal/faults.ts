// What is wrong in a process of the drill, written into a file by the drill and read by the process.

import { renameSync, writeFileSync } from 'node:fs';

export interface Faults {
  /** The disk under the log has no room. */
  readonly isFull: boolean;
  /** How far its wall clock is from the true one. */
  readonly wallOffsetMs: number;
}

/** Path of the file. Of a drill's own environment alone: `brigade` does not know it. */
export const FAULTS_VARIABLE = 'BRIGADE_DRILL_FAULTS';
/** How often a process looks. */
export const FAULTS_LOOK_MS = 20;

export const NO_FAULTS: Faults = { isFull: false, wallOffsetMs: 0 };

/** Whole at any moment, for whoever reads it. */
export function writeFaults(path: string, faults: Faults): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, JSON.stringify(faults));
  renameSync(fresh, path);
}

export function parseFaults(text: string): Faults {
  return JSON.parse(text) as Faults;
}
