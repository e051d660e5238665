// What the agents of a demo do next: drawn from a seed, at a pace at which a person can follow.

import type { PlannedPiece } from '../protocol.ts';
import { type Random, wholeFrom } from '../random.ts';
import { CORE_FILE, CORE_LINES, SERVER_FILE, SERVER_LINES } from '../workspace-files.ts';

/** Few files for several agents, so that a line forms now and then. */
const PLACES: readonly (readonly [readonly string[], string])[] = [
  [[CORE_FILE], 'the rules'],
  [[SERVER_FILE], 'the server'],
  [[CORE_FILE, SERVER_FILE], 'the rules and the server that asks them'],
];
const VERBS = ['Renamed', 'Tested', 'Simplified', 'Documented', 'Measured', 'Reviewed', 'Split', 'Sped up', 'Typed'];
const PARTS = ['parsing', 'the limits', 'start-up', 'error texts', 'the cache', 'retries', 'settings', 'logging'];

const PAUSE_MS = [2_000, 9_000] as const;
const DWELL_MS = [400, 2_500] as const;
/** Of so many pieces one is not told, and of so many told ones the tests of one fail. */
const UNTOLD = 3;
const FAILING = 7;

/** The piece number `number` of an agent, from 0. */
export function nextPiece(random: Random, number: number): PlannedPiece {
  const [files, place] = oneOf(random, PLACES);
  const isTested = number % FAILING !== FAILING - 1;
  return {
    files,
    summary: `${oneOf(random, VERBS)} ${oneOf(random, PARTS)} in ${place}`,
    pauseMs: wholeFrom(random, ...PAUSE_MS),
    dwellMs: wholeFrom(random, ...DWELL_MS),
    line: wholeFrom(random, 1, Math.min(CORE_LINES, SERVER_LINES)),
    report: number % UNTOLD === 0 ? null : { confidence: wholeFrom(random, 80, 95) / 100, isTested },
  };
}

function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[wholeFrom(random, 0, choices.length - 1)] as T;
}
