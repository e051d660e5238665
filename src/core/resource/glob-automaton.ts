// A glob, a path or a tree as a nondeterministic automaton over code points. Its states come into being as they are
// visited, so a pair of patterns that part early costs little, and braces are branches, never an expansion.
//
// `**` between segment boundaries stands for zero or more whole segments, and a final one for everything beneath; any
// other `**` is `*`. What lies beside it may come out of braces (`{a/,b}**`), so a state remembers, besides the
// instruction to run next, how the text so far ended:
//
//   START     nothing yet
//   BOUNDARY  after a slash
//   MIDDLE    within a segment
//   SKIPPED   after a `**` that stood for no segment: the next slash goes with it
//   WHOLE     after a `**` that stood for segments: only a slash or the end may follow
//   INSIDE    in a segment that a `**` stands for
//   BETWEEN   after a slash that a `**` stands for
//
// The automaton may accept text with empty segments or with `.` and `..`; whoever runs it (glob-intersection.ts) admits
// valid paths only. Slashes in a row count as one. A pattern that ends in a slash names everything beneath.

import { type CodePointSet, foldSet, NAME_CHARACTERS } from './code-point-set.ts';
import type { GlobParts } from './glob-syntax.ts';

export interface Edge {
  /** Null for the slash. */
  readonly set: CodePointSet | null;
  readonly target: number;
}

export interface StateNode {
  readonly accepts: boolean;
  /** Where a character leads; two at most. */
  readonly edges: readonly Edge[];
  /**
   * States that are reached without reading. They are not gathered over several steps: in a row of stars each state reaches all
   * behind it, and whoever walks a pair of such patterns would compare every edge with every other.
   */
  readonly goesOn: readonly number[];
}

export interface Automaton {
  /** States are numbers below `size`; the first one is `start`. */
  readonly start: number;
  readonly size: number;
  state(id: number): StateNode;
}

const START = 0;
const BOUNDARY = 1;
const MIDDLE = 2;
const SKIPPED = 3;
const WHOLE = 4;
const INSIDE = 5;
const BETWEEN = 6;
const ENDINGS = 7;

type Instruction =
  | { readonly op: 'set'; readonly set: CodePointSet; readonly next: number }
  | { readonly op: 'slash' | 'star' | 'twoStars'; readonly next: number }
  | { readonly op: 'split'; readonly branches: readonly number[] }
  | { readonly op: 'end' };

/** The automaton of `parts`; with `foldCase`, over folded code points. */
export function createAutomaton(parts: GlobParts, foldCase: boolean): Automaton {
  const program: Instruction[] = [{ op: 'end' }];
  const names = foldCase ? foldSet(NAME_CHARACTERS) : NAME_CHARACTERS;
  const entry = emit(program, parts, 0, foldCase);
  const nodes: StateNode[] = [];
  return {
    start: stateOf(entry, START),
    size: program.length * ENDINGS,
    state(id) {
      const known = nodes[id];
      if (known !== undefined) return known;
      const node = expand(program, names, id);
      nodes[id] = node;
      return node;
    },
  };
}

/** Appends instructions for `parts` that go on at `next`; answers where they begin. */
function emit(program: Instruction[], parts: GlobParts, next: number, foldCase: boolean): number {
  return parts.reduceRight((following, part) => {
    if (part.type === 'braces') {
      const branches = part.branches.map((branch) => emit(program, branch, following, foldCase));
      return program.push({ op: 'split', branches }) - 1;
    }
    if (part.type !== 'set') return program.push({ op: part.type, next: following }) - 1;
    const set = foldCase ? foldSet(part.set) : part.set;
    return program.push({ op: 'set', set, next: following }) - 1;
  }, next);
}

/** What `id` accepts and where it leads by itself. */
function expand(program: readonly Instruction[], names: CodePointSet, id: number): StateNode {
  const at = Math.floor(id / ENDINGS);
  const instruction = program[at];
  const step = instruction === undefined ? DEAD : stepFrom(instruction, { at, ending: id % ENDINGS, names });
  return { accepts: step.accepts === true, edges: step.edges ?? [], goesOn: step.goesOn ?? [] };
}

interface Position {
  readonly at: number;
  readonly ending: number;
  readonly names: CodePointSet;
}

/** What one instruction does after one ending. Nothing at all where the text so far does not allow it. */
interface Step {
  readonly accepts?: boolean;
  readonly edges?: readonly Edge[];
  /** States reached without reading. */
  readonly goesOn?: readonly number[];
}

const DEAD: Step = {};

function stepFrom(instruction: Instruction, position: Position): Step {
  const { ending } = position;
  if (ending === INSIDE || ending === BETWEEN) return stepBeneath(instruction, position);
  if (instruction.op === 'split') return { goesOn: instruction.branches.map((branch) => stateOf(branch, ending)) };
  if (instruction.op === 'end') return stepAtEnd(position);
  if (instruction.op === 'slash') return stepOverSlash(instruction.next, ending);
  if (ending === SKIPPED || ending === WHOLE) return DEAD;
  if (instruction.op === 'set') return { edges: [{ set: instruction.set, target: stateOf(instruction.next, MIDDLE) }] };
  return stepOverStars(instruction, position);
}

/** In segments that a `**`, or the end of a pattern with a final slash, stands for. */
function stepBeneath(instruction: Instruction, { at, ending, names }: Position): Step {
  const name: Edge = { set: names, target: stateOf(at, INSIDE) };
  if (ending === BETWEEN) return { edges: [name] };
  const edges: readonly Edge[] = [name, { set: null, target: stateOf(at, BETWEEN) }];
  if (instruction.op === 'twoStars') return { edges, goesOn: [stateOf(instruction.next, WHOLE)] };
  return { edges, accepts: true };
}

function stepAtEnd({ at, ending, names }: Position): Step {
  if (ending === BOUNDARY) return { edges: [{ set: names, target: stateOf(at, INSIDE) }] };
  return { accepts: ending === MIDDLE || ending === WHOLE };
}

function stepOverSlash(next: number, ending: number): Step {
  if (ending === MIDDLE || ending === WHOLE) return { edges: [{ set: null, target: stateOf(next, BOUNDARY) }] };
  return { goesOn: [stateOf(next, ending === START ? START : BOUNDARY)] };
}

/**
 * Any characters of one segment; for two stars after a boundary also whole segments. There the first reading needs no
 * check that something else than a boundary follows: a whole segment is matched by the second one too, and an empty one
 * is in no valid path.
 */
function stepOverStars(instruction: { op: string; next: number }, { at, ending, names }: Position): Step {
  const edges: Edge[] = [{ set: names, target: stateOf(at, MIDDLE) }];
  const goesOn = [stateOf(instruction.next, MIDDLE)];
  if (instruction.op === 'twoStars' && ending !== MIDDLE) {
    edges.push({ set: names, target: stateOf(at, INSIDE) });
    goesOn.push(stateOf(instruction.next, SKIPPED));
  }
  return { edges, goesOn };
}

function stateOf(at: number, ending: number): number {
  return at * ENDINGS + ending;
}
