// That night beside this run. What is said of that night is from the founding incident and from what was measured on its code.

import { counted } from '../../../../core/view/count-text.ts';
import { FROZEN_THAT_NIGHT_MS, REPORTED_THAT_NIGHT_MS } from '../night-hours.ts';
import type { DrillRecord } from '../record.ts';
import { longestLifeMs, SCALE } from '../scale.ts';
import type { Figures } from './figures.ts';
import { seconds, span } from './words.ts';

export interface Comparison {
  readonly what: string;
  readonly thatNight: string;
  readonly thisRun: string;
}

export function comparisonsOf(record: DrillRecord, figures: Figures): readonly Comparison[] {
  const { freeze, loss, crossing, tally, overlaps, sections, agents } = figures;
  const detectMs = freeze?.ended == null ? null : freeze.ended.atMs - freeze.stoppedMs;
  const namedMs = freeze?.named == null ? null : freeze.named.atMs - freeze.stoppedMs;
  const grantedMs = loss?.next == null ? null : loss.next.atMs - loss.killedMs;
  const atMost = span(longestLifeMs(SCALE.defaultTtlMs));
  const warned = agents.filter(({ warnings }) => warnings.length > 0).length;
  return [
    {
      what: 'a holder stands still',
      thatNight: `everybody stood still for ${span(FROZEN_THAT_NIGHT_MS)}`,
      thisRun: `passed over after ${seconds(detectMs)} (TTL ${seconds(SCALE.ttlMs)}; with the default of ${span(SCALE.defaultTtlMs)} at most ${atMost})`,
    },
    {
      what: 'who knew why',
      thatNight: 'nobody; lock files and a process list said nothing',
      thisRun: `${freeze?.waiters.told ?? 0} of ${counted(freeze?.waiters.asked ?? 0, 'waiter')}, by their own answers, the first after ${seconds(namedMs)}`,
    },
    {
      what: 'the rescue',
      thatNight: 'by hand, and by luck',
      thisRun: rescueText(figures),
    },
    {
      what: 'others meanwhile',
      thatNight: 'one waiter stopped all calls of its server',
      thisRun: `${counted(freeze?.othersMade ?? 0, 'update')}, slowest answer ${seconds(freeze?.slowestAnswerMs ?? null)}`,
    },
    {
      what: 'the holder wakes up',
      thatNight: 'writes on; nothing refuses it',
      thisRun: `refused ${counted(freeze?.refused.length ?? 0, 'time')} (TOKEN_STALE), ${freeze?.wroteStale === false ? 'file untouched' : 'it wrote'}`,
    },
    {
      what: 'updates kept',
      thatNight: '40 of 240, and 1 agent of 6 (measured on its code)',
      thisRun: `${tally.kept} of ${tally.made}`,
    },
    {
      what: 'two holders at once',
      thatNight: '64 of 80 and 151 of 240 (its later clean-ups)',
      thisRun: `${overlaps.length} of ${sections}`,
    },
    {
      what: 'a holder dies',
      thatNight: 'its lease stranded for 7 h (its later leases)',
      thisRun: `the next in line had it after ${seconds(grantedMs)}`,
    },
    {
      what: 'a deadlock',
      thatNight: 'not looked for',
      thisRun: crossing?.aborted == null ? 'not seen' : `refused after ${seconds(crossing.aborted.tookMs)}, in words`,
    },
    {
      what: 'who is who',
      thatNight: 'ids by the minute, one session file per folder',
      thisRun: `${new Set(agents.map(({ agentId }) => agentId)).size} names for ${agents.length} agents, ${warned} warned`,
    },
    {
      what: 'the report',
      thatNight: `by hand, ${span(REPORTED_THAT_NIGHT_MS)} after the freeze`,
      thisRun:
        freeze === null ? 'this one' : `this one, ${seconds(record.endedMs - freeze.stoppedMs)} after the freeze`,
    },
  ];
}

function rescueText({ freeze, rescue }: Figures): string {
  if (rescue === null) return 'nobody came';
  const endedMs = freeze?.ended?.atMs ?? Number.POSITIVE_INFINITY;
  const hadMoved =
    endedMs <= rescue.joinedMs ? 'came when the line had moved on by itself' : 'came while all still waited';
  return `${hadMoved}; made ${counted(rescue.made, 'update')} beside the stopped one`;
}
