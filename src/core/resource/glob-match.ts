// Does a pattern match one path? The commonest question about a pattern, so it gets a walk of its own: all states at
// once, character by character, without building a second automaton. glob-intersection.ts would answer the same.

import { type CodePointSet, codePointOf } from './code-point-set.ts';
import type { Automaton } from './glob-automaton.ts';

/** True when `automaton` accepts `path`, a valid path. For an automaton that folds case the path must be folded. */
export function accepts(automaton: Automaton, path: string): boolean {
  let states = withReached(automaton, [automaton.start]);
  for (const character of path) {
    const codePoint = codePointOf(character);
    const next = new Set<number>();
    for (const state of states) {
      for (const { set, target } of automaton.state(state).edges) {
        if (set === null ? character === '/' : contains(set, codePoint)) next.add(target);
      }
    }
    if (next.size === 0) return false;
    states = withReached(automaton, next);
  }
  return [...states].some((state) => automaton.state(state).accepts);
}

/** `states` and all that they reach without reading. */
function withReached(automaton: Automaton, states: Iterable<number>): ReadonlySet<number> {
  const reached = new Set(states);
  // A set is walked in the order of insertion, also over what is added meanwhile.
  for (const state of reached) for (const next of automaton.state(state).goesOn) reached.add(next);
  return reached;
}

function contains(set: CodePointSet, codePoint: number): boolean {
  for (const { from, to } of set) {
    if (codePoint <= to) return codePoint >= from;
  }
  return false;
}
