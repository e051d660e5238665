// Is there an order of these calls, each at one moment between its sending and its answer, in which a sequential model would
// have answered the same?
//
// The search is that of J. M. Wing and C. Gong, "Testing and Verifying Concurrent Objects" (J. Parallel Distrib. Comput. 17,
// 1993), with the memory of visited (calls done, state) pairs of G. Lowe, "Testing for linearizability" (2017), as Porcupine and
// Knossos have it. Histories are split by object before they come here (A. Horn and D. Kroening, "Faster linearizability checking
// via P-compositionality", 2015). No kept checker exists for JavaScript.
//
// What is special here: a call whose answer was lost may have happened at any moment after it was sent, or never; and a model may
// let things happen by themselves (a lease ends), which may need that a certain moment has come. `untilMs` is the latest moment
// at which the call can have happened in the order that is being tried.

export interface Step<Action> {
  /** For people. */
  readonly what: string;
  readonly sentMs: number;
  /** Infinity: no answer was ever heard. */
  readonly heardMs: number;
  /** `perhaps`: nobody knows whether it was done. */
  readonly done: 'surely' | 'perhaps';
  readonly action: Action;
  /** Sure calls that have one can only have been done in its order, which spares a search through all others. */
  readonly rank?: number;
}

export interface Model<State, Action> {
  readonly initial: State;
  /** Where the action may lead, done no later than `untilMs`; empty: it cannot have been done now. */
  next(state: State, action: Action, untilMs: number): readonly State[];
  /** Equal for states that are equal. */
  keyOf(state: State): string;
}

export type Linearized = { readonly ok: true; readonly visited: number } | { readonly ok: false; readonly why: string };

/** Beyond this a history is too tangled to be judged, which is told as such. */
const VISITED_MAX = 200_000;

interface Visit<State> {
  /** All sure calls before this one are done. */
  readonly base: number;
  /** Sure calls at or after `base` that are done. */
  readonly ahead: readonly number[];
  /** Uncertain calls that were done. */
  readonly perhaps: readonly number[];
  readonly state: State;
}

export function linearize<State, Action>(steps: readonly Step<Action>[], model: Model<State, Action>): Linearized {
  const search = searchOf(steps, model);
  const { sure } = search;
  const seen = new Set<string>();
  const open: Visit<State>[] = [{ base: 0, ahead: [], perhaps: [], state: model.initial }];
  let farthest = open[0] as Visit<State>;
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    if (visit.base === sure.length) return { ok: true, visited: seen.size };
    if (seen.size > VISITED_MAX) return { ok: false, why: `too many orders to look at (${VISITED_MAX})` };
    if (doneIn(visit) > doneIn(farthest)) farthest = visit;
    // The last one pushed is tried first: the call that was sent first.
    for (const next of successors(visit, search).toReversed()) {
      const key = `${next.base};${next.ahead.join()};${next.perhaps.join()};${model.keyOf(next.state)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return { ok: false, why: complaint(farthest, sure, model) };
}

interface Search<State, Action> {
  /** In the order of sending, as the next ones. */
  readonly sure: readonly Step<Action>[];
  readonly unsure: readonly Step<Action>[];
  /** Sure calls with a rank, in its order, by their place among the sure ones. */
  readonly ranked: readonly number[];
  /** How many of these are among the first sure calls, by how many first ones. */
  readonly rankedBefore: readonly number[];
  readonly model: Model<State, Action>;
}

function searchOf<State, Action>(steps: readonly Step<Action>[], model: Model<State, Action>): Search<State, Action> {
  const bySent = steps.toSorted((a, b) => a.sentMs - b.sentMs);
  const sure = bySent.filter(({ done }) => done === 'surely');
  const rankOf = (i: number): number => sure[i]?.rank ?? Number.NaN;
  const ranked = [...sure.keys()].filter((i) => !Number.isNaN(rankOf(i))).toSorted((a, b) => rankOf(a) - rankOf(b));
  const rankedBefore = [0];
  for (const step of sure) rankedBefore.push((rankedBefore.at(-1) ?? 0) + (step.rank === undefined ? 0 : 1));
  return { sure, unsure: bySent.filter(({ done }) => done === 'perhaps'), ranked, rankedBefore, model };
}

function successors<State, Action>(visit: Visit<State>, search: Search<State, Action>): Visit<State>[] {
  const { sure, unsure, model, ranked, rankedBefore } = search;
  const { base, ahead, perhaps, state } = visit;
  const left = candidates(visit, sure);
  const untilMs = Math.min(...left.map((i) => sure[i]?.heardMs ?? Number.POSITIVE_INFINITY));
  const nextRanked = ranked[(rankedBefore[base] ?? 0) + ahead.filter((i) => sure[i]?.rank !== undefined).length];
  const here = model.keyOf(state);
  const next: Visit<State>[] = [];
  for (const i of left) {
    const step = sure[i] as Step<Action>;
    if (step.sentMs > untilMs || (step.rank !== undefined && i !== nextRanked)) continue;
    for (const after of model.next(state, step.action, untilMs)) {
      const visited = { ...moved(base, [...ahead, i]), perhaps, state: after };
      // What changes nothing may as well have been done now: nothing else is held up by it.
      if (model.keyOf(after) === here) return [visited];
      next.push(visited);
    }
  }
  for (const [i, step] of unsure.entries()) {
    if (step.sentMs > untilMs) break;
    if (perhaps.includes(i)) continue;
    for (const after of model.next(state, step.action, untilMs))
      if (model.keyOf(after) !== here)
        next.push({ base, ahead, perhaps: [...perhaps, i].toSorted((a, b) => a - b), state: after });
  }
  return next;
}

/** Sure calls that are not done and were sent before the first of them was answered; in the order of sending. */
function candidates<Action>({ base, ahead }: Visit<unknown>, sure: readonly Step<Action>[]): readonly number[] {
  const found: number[] = [];
  let untilMs = Number.POSITIVE_INFINITY;
  for (let i = base; i < sure.length; i += 1) {
    const step = sure[i] as Step<Action>;
    if (step.sentMs > untilMs) break;
    if (ahead.includes(i)) continue;
    untilMs = Math.min(untilMs, step.heardMs);
    found.push(i);
  }
  return found;
}

function moved(base: number, ahead: readonly number[]): Pick<Visit<unknown>, 'base' | 'ahead'> {
  const left = new Set(ahead);
  let next = base;
  while (left.delete(next)) next += 1;
  return { base: next, ahead: [...left].toSorted((a, b) => a - b) };
}

function doneIn({ base, ahead }: Visit<unknown>): number {
  return base + ahead.length;
}

function complaint<State, Action>(
  farthest: Visit<State>,
  sure: readonly Step<Action>[],
  model: Model<State, Action>,
): string {
  const stuck = candidates(farthest, sure).map((i) => sure[i]?.what ?? '');
  const before = sure.slice(Math.max(0, farthest.base - 6), farthest.base).map(({ what }) => what);
  return (
    `after ${doneIn(farthest)} of ${sure.length} calls no order goes on: the state is ${model.keyOf(farthest.state)}, and then ` +
    `one of [${stuck.join(' | ')}] must come; before it were [… ${before.join(' | ')}]`
  );
}
