// Do two patterns name a common path? Decided exactly by walking the product of three automata: the two patterns, and
// the language of valid paths (no segment empty, `.` or `..`), so that a meeting in a text that is no path does not
// count. The third one has four states:
//
//   at the start of a segment -> after `.` -> after `..`
//                    \              \            \
//                     `--------------`------------`--> in a valid segment -> (slash) -> at the start of a segment
//
// The walk visits each product state once, and from a state of one pattern there are a few steps only, so its cost is bounded
// by the product of the sizes, however the patterns are made. "Valid" is about segments; whether a file system would take the name is not asked.

import { sharedBy } from './code-point-set.ts';
import type { Automaton } from './glob-automaton.ts';

const SEGMENT_START = 0;
const ONE_DOT = 1;
const TWO_DOTS = 2;
const VALID = 3;
const PATH_STATES = 4;
const AFTER_DOT = [ONE_DOT, TWO_DOTS, VALID, VALID] as const;

export interface Meeting {
  readonly meets: boolean;
  /** Product states visited: the cost. */
  readonly visited: number;
}

/** Whether a valid path exists that both accept. */
export function meet(left: Automaton, right: Automaton): Meeting {
  const seen = new Set<number>();
  const waiting: number[] = [];
  const visit = (leftState: number, rightState: number, pathState: number): void => {
    const id = (leftState * right.size + rightState) * PATH_STATES + pathState;
    if (seen.has(id)) return;
    seen.add(id);
    waiting.push(id);
  };
  visit(left.start, right.start, SEGMENT_START);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const pathState = id % PATH_STATES;
    const pair = Math.floor(id / PATH_STATES);
    const a = left.state(Math.floor(pair / right.size));
    const b = right.state(pair % right.size);
    if (a.accepts && b.accepts && pathState === VALID) return { meets: true, visited: seen.size };
    for (const leftNext of a.goesOn) visit(leftNext, pair % right.size, pathState);
    for (const rightNext of b.goesOn) visit(Math.floor(pair / right.size), rightNext, pathState);
    for (const { set: leftSet, target: leftTarget } of a.edges) {
      for (const { set: rightSet, target: rightTarget } of b.edges) {
        if (leftSet === null || rightSet === null) {
          if (leftSet === rightSet && pathState === VALID) visit(leftTarget, rightTarget, SEGMENT_START);
          continue;
        }
        const shared = sharedBy(leftSet, rightSet);
        if (shared.dot) visit(leftTarget, rightTarget, AFTER_DOT[pathState] ?? VALID);
        if (shared.other) visit(leftTarget, rightTarget, VALID);
      }
    }
  }
  return { meets: false, visited: seen.size };
}
