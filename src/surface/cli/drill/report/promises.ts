// What Brigade promises, held against this drill. Each promise has the number it was judged by; one that the record does not
// show is not kept.

import { isGeneric } from '../../../../core/agent/agent-id.ts';
import { counted } from '../../../../core/view/count-text.ts';
import type { DrillRecord } from '../record.ts';
import { longestLifeMs, SCALE } from '../scale.ts';
import { CORE_LINES } from '../workspace-files.ts';
import type { Figures } from './figures.ts';
import { seconds } from './words.ts';

export interface Promised {
  readonly id: string;
  readonly text: string;
  readonly kept: boolean;
  /** What was measured, in words. */
  readonly measured: string;
  /** It was kept but for its time, which a machine that is busy with something else may miss too. */
  readonly late?: true;
}

const BOUNDS = {
  /** A lease ends at its TTL and a quarter after its last use; the rest is for a slow machine. */
  detectMs: longestLifeMs(SCALE.ttlMs) + 2_000,
  /** From the end of a lease to the next agent having the lock in hand. */
  freeMs: 2_000,
  /** From SIGKILL to the next agent having the lock in hand. */
  killToGrantMs: 2_000,
  /** A deadlock is answered by the decision that would close it; the rest is for a slow machine. */
  deadlockMs: 1_000,
  /** A call that waits for nobody, on another process, while a holder stands still. */
  answerMs: 2_000,
} as const;

export function promisesOf(record: DrillRecord, figures: Figures): readonly Promised[] {
  return [
    ...oneAtATime(figures),
    ...nothingLost(figures),
    ...frozenHolder(figures),
    ...deadHolder(figures),
    ...deadlock(figures),
    ...namesAndWarnings(figures),
    ...toTheEnd(record, figures),
  ];
}

function oneAtATime({ overlaps, sections, outOfTurn, grants, tally }: Figures): readonly Promised[] {
  const [overlap] = overlaps;
  const who = overlap === undefined ? '' : `: ${overlap.first.agentId} and ${overlap.second.agentId}`;
  const [skipped] = outOfTurn;
  const past = skipped === undefined ? '' : `: ${skipped.agentId} before ${skipped.before}`;
  return [
    {
      id: 'one-at-a-time',
      text: 'No two agents are ever inside the same file',
      kept: overlaps.length === 0 && sections > 0,
      measured: `${overlaps.length} overlaps of ${sections} critical sections${who}`,
    },
    {
      id: 'later-token',
      text: 'Each edit stands behind one with a smaller token',
      kept: tally.inTokenOrder && tally.kept > 0,
      measured: `${tally.kept} edits, ${tally.inTokenOrder ? 'in order' : 'out of order'}`,
    },
    {
      id: 'fair-line',
      text: 'First come, first served',
      kept: outOfTurn.length === 0 && grants > 0,
      measured: `${outOfTurn.length} of ${grants} grants out of turn${past}`,
    },
  ];
}

function nothingLost({ tally, state }: Figures): readonly Promised[] {
  const [lost] = tally.lost;
  const which = lost === undefined ? '' : `; lost: update ${lost.update} of ${lost.agent}`;
  const twice = tally.twice === 0 ? '' : `; ${tally.twice} twice`;
  return [
    {
      id: 'nothing-lost',
      text: 'Every edit that was made is in the file, once',
      kept: tally.made > 0 && tally.lost.length === 0 && tally.twice === 0,
      measured: `${tally.kept} of ${tally.made} kept${which}${twice}`,
    },
    {
      id: 'state-kept',
      text: 'Every acknowledged write of governed state counts',
      kept: state.acknowledged > 0 && state.counted === state.acknowledged && state.version === state.acknowledged,
      measured: `${state.acknowledged} acknowledged, ${state.counted} counted, in ${state.version} versions`,
    },
  ];
}

function frozenHolder({ freeze, rescue, tally }: Figures): readonly Promised[] {
  const detectMs = freeze?.ended == null ? null : freeze.ended.atMs - freeze.stoppedMs;
  const namedMs = freeze?.named == null ? null : freeze.named.atMs - freeze.stoppedMs;
  const freeMs =
    freeze?.ended == null || freeze.next === null ? null : Math.max(0, freeze.next.atMs - freeze.ended.atMs);
  const refused = freeze?.refused.map(({ tool }) => tool) ?? [];
  const after = freeze?.madeAfter ?? null;
  return [
    {
      id: 'named',
      text: 'Whoever waits is told that the holder has stopped, before its time is up',
      kept: namedMs !== null && detectMs !== null && namedMs <= detectMs,
      measured: namedMs === null ? 'nobody was told' : `after ${seconds(namedMs)}, by its own answer`,
    },
    {
      id: 'passed-over',
      text: `A stopped holder is passed over within ${seconds(BOUNDS.detectMs)} (TTL ${seconds(SCALE.ttlMs)})`,
      ...within(detectMs, BOUNDS.detectMs),
    },
    {
      id: 'freed',
      text: `The next in line has the lock within ${seconds(BOUNDS.freeMs)} of that`,
      ...within(freeMs, BOUNDS.freeMs),
    },
    {
      id: 'others-go-on',
      text: 'Meanwhile the others work, and are answered as ever',
      ...inTime((freeze?.othersMade ?? 0) > 0 ? (freeze?.slowestAnswerMs ?? null) : null, BOUNDS.answerMs),
      measured: `${freeze?.othersMade ?? 0} updates; slowest answer ${seconds(freeze?.slowestAnswerMs ?? null)}`,
    },
    {
      id: 'rescue',
      text: 'A rescue agent joins, sees what is wrong and works beside the stopped one',
      kept: (rescue?.made ?? 0) > 0 && (rescue?.sentences.length ?? 0) > 0,
      measured: rescue === null ? 'nobody came' : `looked in ${seconds(rescue.lookedMs)}, ${rescue.made} updates`,
    },
    {
      id: 'old-token',
      text: 'The old token is refused, before the file is touched',
      kept: refused.includes('put_state') && freeze?.wroteStale === false,
      measured: refused.length === 0 ? 'nothing was refused' : `TOKEN_STALE for ${refused.join(', ')}`,
    },
    {
      id: 'then-properly',
      text: 'Then it makes that update, under a new token',
      kept:
        after !== null && !tally.lost.some(({ agent, update }) => agent === freeze?.agentId && update === after.update),
      measured: after === null ? 'not seen' : `update ${after.update}, under token ${after.token}`,
    },
  ];
}

function deadHolder({ loss }: Figures): readonly Promised[] {
  const grantedMs = loss?.next == null ? null : loss.next.atMs - loss.killedMs;
  return [
    {
      id: 'killed-holder',
      text: `When a holder is killed, the next in line has its lock within ${seconds(BOUNDS.killToGrantMs)}`,
      ...within(grantedMs, BOUNDS.killToGrantMs),
    },
  ];
}

function deadlock({ crossing, core }: Figures): readonly Promised[] {
  const aborted = crossing?.aborted ?? null;
  const pair = crossing?.agents ?? [];
  const isNamed = pair.length > 0 && pair.every((agent) => aborted?.message.includes(agent) === true);
  const signed =
    pair.length > 0 && pair.every((agent) => core.signedBy.includes(agent) && core.serverSignedBy.includes(agent));
  return [
    {
      id: 'deadlock',
      text: `Who would close a circle is told so within ${seconds(BOUNDS.deadlockMs)}, and who is in it`,
      ...inTime(isNamed ? (aborted?.tookMs ?? null) : null, BOUNDS.deadlockMs),
      measured: aborted === null ? 'nobody was told' : `in ${aborted.tookMs} ms`,
    },
    {
      id: 'core-file',
      text: `Both then edit both files, and the core file keeps its ${CORE_LINES} lines`,
      kept: signed && core.lines === CORE_LINES,
      measured: `${core.lines} lines, signed by ${core.signedBy.length}`,
    },
  ];
}

function namesAndWarnings({ agents }: Figures): readonly Promised[] {
  const ids = agents.flatMap(({ agentId }) => (agentId === null ? [] : [agentId]));
  const generic = agents.filter(({ asked }) => isGeneric(asked));
  const told = generic.filter(({ agentId, asked, warnings }) => agentId !== asked && warnings.length > 0);
  return [
    {
      id: 'names',
      text: 'Every agent has a name of its own; a name that anybody might use gets a suffix and a warning',
      kept: ids.length === agents.length && new Set(ids).size === ids.length && told.length === generic.length,
      measured: `${new Set(ids).size} names for ${agents.length} agents, ${told.length} of ${generic.length} warned`,
    },
  ];
}

function toTheEnd({ stoppedBy, left }: DrillRecord, { agents }: Figures): readonly Promised[] {
  const short = agents.filter(({ made, quota }) => made < quota);
  const whose = short.length === 0 ? '' : `: ${short.map(({ agentId }) => agentId ?? '?').join(', ')}`;
  return [
    {
      id: 'all-done',
      text: 'Everybody who lives makes all its updates',
      kept: short.length === 0 && stoppedBy === null,
      measured: stoppedBy ?? `${agents.length - short.length} of ${agents.length} agents${whose}`,
    },
    {
      id: 'nothing-left',
      text: 'When everybody has left, nothing is held and nobody waits',
      kept: left.leases === 0 && left.waits === 0,
      measured: `${counted(left.leases, 'lease')}, ${counted(left.waits, 'wait')}`,
    },
  ];
}

function within(ms: number | null, boundMs: number): Pick<Promised, 'kept' | 'measured' | 'late'> {
  return { ...inTime(ms, boundMs), measured: ms === null ? 'not seen' : `after ${seconds(ms)}` };
}

/** Of what happened after `ms`; null: it did not. */
export function inTime(ms: number | null, boundMs: number): Pick<Promised, 'kept' | 'late'> {
  if (ms === null) return { kept: false };
  return ms <= boundMs ? { kept: true } : { kept: false, late: true };
}
