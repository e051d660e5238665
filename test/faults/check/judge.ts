// Everything that must hold of a round: of what callers heard, of the log, and of both together.

import type { FleetEvent } from '../../../src/core/event.ts';
import type { History } from '../history.ts';
import { agentModel } from './agent-model.ts';
import { beliefsOf, mayEndMs, overlapsOf } from './beliefs-of.ts';
import { HeldInLog } from './held-in-log.ts';
import { leaseModel } from './lease-model.ts';
import { linearize, type Model, type Step } from './linearize.ts';
import { LinesInLog } from './lines-in-log.ts';
import { stateModel } from './state-model.ts';
import { agentSteps, leaseSteps, stateSteps } from './steps-of.ts';
import { toldAndLogged } from './told-and-logged.ts';

export interface Judged {
  readonly problems: readonly string[];
  readonly calls: number;
  /** Whose answer nobody ever heard. */
  readonly unknown: number;
  /** That were asked more than once. */
  readonly repeated: number;
  readonly grants: number;
  readonly leastMarginMs: number | null;
}

/** Of a round whose log begins after number `after`, when nothing was held. */
export function judge(history: History, events: readonly FleetEvent[], after: number): Judged {
  const beliefs = beliefsOf(history);
  const overlaps = overlapsOf(beliefs);
  const lease = leaseModel({ mayEndMs: mayEndMs(beliefs, history) });
  const problems = [
    ...overlaps.problems.map((problem) => `belief: ${problem}`),
    ...inSomeOrder('lease', leaseSteps(history), lease),
    ...inSomeOrder('state', stateSteps(history), stateModel),
    ...inSomeOrder('agent', agentSteps(history), agentModel),
    ...toldAndLogged(history, events).map((problem) => `log: ${problem}`),
    ...ofLog(events, after),
    ...history.calls.flatMap(({ by, requestId, answer }) =>
      answer !== null && 'code' in answer && answer.code === 'INTERNAL'
        ? [`fault: ${requestId} of ${by}: ${answer.message}`]
        : [],
    ),
  ];
  return {
    problems,
    calls: history.calls.length,
    unknown: history.calls.filter(({ answer }) => answer === null).length,
    repeated: history.calls.filter(({ tries }) => tries > 1).length,
    grants: beliefs.size,
    leastMarginMs: overlaps.leastMarginMs,
  };
}

/** What a log breaks by itself, and who is left waiting at its end. */
function ofLog(events: readonly FleetEvent[], after: number): readonly string[] {
  const held = new HeldInLog(after);
  const lines = new LinesInLog(held);
  for (const event of events) {
    lines.take(event);
    held.take(event);
  }
  lines.end();
  return [
    ...held.problems.map((problem) => `log: ${problem}`),
    ...lines.problems.map((problem) => `line: ${problem}`),
    ...lines.lost.map((problem) => `wake-up: ${problem}`),
    ...held.all.map(({ resource, token, sessionId }) => `rest: ${sessionId} still holds ${resource} by ${token}`),
    ...lines.tickets.map((ticket) => `rest: ${ticket} still waits`),
  ];
}

function inSomeOrder<State, Action>(
  what: string,
  stepsOf: ReadonlyMap<string, readonly Step<Action>[]>,
  model: Model<State, Action>,
): readonly string[] {
  return [...stepsOf].flatMap(([of, steps]) => {
    const found = linearize(steps, model);
    return found.ok ? [] : [`${what} ${of}: ${found.why}`];
  });
}
