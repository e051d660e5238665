// What an incident is judged by: was it noticed in time, was its cause named, did everybody get on, was anything lost; and what
// else this incident promises. What was not measured is not kept.

import { ALERTS } from '../../../../core/alert/alert.ts';
import type { FleetEvent } from '../../../../core/event.ts';
import { counted } from '../../../../core/view/count-text.ts';
import type { Promised } from '../report/promises.ts';
import { seconds } from '../report/words.ts';
import type { Played } from './incident.ts';
import { type AgentRecord, alertAfter, eventsUntil, freedAfter, inWords, type Kept, keptOf } from './measure.ts';

import { namesText } from './names.ts';

/** An alert comes this long after there is something to warn of, at most. */
const GRACE_MS = 1_000;
const NOT_MEASURED = 'not measured';

export interface Mark {
  readonly id: 'detected' | 'explained' | 'freed' | 'lost';
  readonly kept: boolean;
  /** The figure, in short. */
  readonly figure: string;
  /** What it was judged by, in words. */
  readonly measured: string;
  /** It was kept but for its time, which a machine that is busy with something else may miss too. */
  readonly late?: true;
}

export interface Score {
  readonly detected: {
    readonly alert: string;
    readonly afterMs: number | null;
    readonly thresholdMs: number;
    readonly text: string | null;
  } | null;
  readonly explained: {
    readonly code: string | null;
    readonly message: string;
    readonly by: string;
    readonly tookMs: number;
  } | null;
  readonly freed: { readonly afterMs: number | null; readonly blocked: number; readonly freed: number } | null;
  readonly lost: { readonly acknowledged: number; readonly lost: number } | null;
  readonly marks: readonly Mark[];
}

export interface Evidence {
  /** Null when the script did not come to its end. */
  readonly played: Played | null;
  readonly events: readonly FleetEvent[];
  readonly agents: readonly AgentRecord[];
  /** When the script had come to its end, on the monotonic clock of the host. */
  readonly untilMs: number;
}

export function scoreOf({ played, events: all, agents, untilMs }: Evidence): Score {
  const kept = keptOf(all, agents);
  const events = eventsUntil(all, untilMs);
  const lost = { acknowledged: kept.acknowledged, lost: kept.lost.length };
  if (played === null) {
    const marks = (['detected', 'explained', 'freed'] as const).map(unmeasured);
    return { detected: null, explained: null, freed: null, lost, marks: [...marks, lostMark(kept)] };
  }
  const { alert, explanation, blocked } = played;
  const seen = alertAfter(events, played, alert.code);
  const first = explanation?.findings[0] ?? null;
  const freed = freedAfter(events, { ...played, causeSeq: played.blockedSeq ?? played.causeSeq }, blocked);
  return {
    detected: {
      alert: alert.code,
      afterMs: seen?.afterMs ?? null,
      thresholdMs: alert.thresholdMs,
      text: seen === null ? null : inWords(seen.event.text),
    },
    explained:
      explanation === null
        ? null
        : {
            code: first?.code ?? null,
            message: first?.message ?? explanation.summary,
            by: explanation.by,
            tookMs: explanation.tookMs,
          },
    freed: { afterMs: freed.afterMs, blocked: freed.blocked, freed: freed.freed },
    lost,
    marks: [detectedMark(played, events), explainedMark(played), freedMark(played, freed), lostMark(kept)],
  };
}

export function isKept(score: Score, promises: readonly Promised[]): boolean {
  return score.marks.every(({ kept }) => kept) && promises.every(({ kept }) => kept);
}

function detectedMark(played: Played, events: readonly FleetEvent[]): Mark {
  const { code, thresholdMs, because, names } = played.alert;
  const seen = alertAfter(events, played, code);
  if (seen === null) {
    return { id: 'detected', kept: false, figure: 'never', measured: `no ${code} alert was opened; ${because}` };
  }
  const { event, afterMs } = seen;
  const unnamed = names.filter((name) => !event.agents.includes(name) && !event.text.includes(name));
  const late = afterMs - thresholdMs;
  const when =
    thresholdMs === 0
      ? 'at once, with the cause itself'
      : `${seconds(Math.max(0, late))} after there was something to warn of`;
  const lateText = late > GRACE_MS ? `, ${seconds(late - GRACE_MS)} too late` : '';
  const unnamedText = unnamed.length === 0 ? '' : `; it does not name ${namesText(unnamed)}`;
  return {
    id: 'detected',
    kept: late <= GRACE_MS && unnamed.length === 0,
    ...(late > GRACE_MS && unnamed.length === 0 && { late: true as const }),
    figure: seconds(afterMs),
    measured: `${ALERTS[code].severity} alert ${code}, ${late > GRACE_MS ? `${seconds(late)} after its threshold${lateText}` : when} (${because})${unnamedText}`,
  };
}

function explainedMark({ explanation, rootCause }: Played): Mark {
  if (explanation === null) return unmeasured('explained');
  const { summary, tookMs, by } = explanation;
  // What its operator should know of the store is so with or without the drill.
  const findings = explanation.findings.filter(({ code }) => code !== 'store_caveat');
  const [first] = findings;
  const asked = `asked by ${by}, answered in ${seconds(tookMs)}`;
  if (rootCause.codes.length === 0) {
    const isRight = first === undefined;
    return {
      id: 'explained',
      kept: isRight,
      figure: isRight ? 'healed' : 'wrong',
      measured: `${first?.message ?? summary} (${asked})`,
    };
  }
  const isRight =
    first !== undefined &&
    (rootCause.codes as readonly string[]).includes(first.code) &&
    rootCause.names.every((name) => first.message.includes(name));
  const place = findings.findIndex(({ code }) => (rootCause.codes as readonly string[]).includes(code));
  const figure = isRight ? 'first' : place === -1 ? 'not named' : `number ${place + 1}`;
  return {
    id: 'explained',
    kept: isRight,
    figure,
    measured: `${first?.code ?? 'nothing'}: ${first?.message ?? summary} (${asked})`,
  };
}

function freedMark({ freedBy }: Played, { blocked, freed, afterMs, stuck }: ReturnType<typeof freedAfter>): Mark {
  if (blocked === 0) return { id: 'freed', kept: true, figure: 'nobody', measured: freedBy };
  const who = `${freed} of ${counted(blocked, 'agent')} that could not go on got on`;
  if (afterMs === null) {
    return { id: 'freed', kept: false, figure: 'not all', measured: `${who}; still waiting: ${namesText(stuck)}` };
  }
  return { id: 'freed', kept: true, figure: seconds(afterMs), measured: `${who}: ${freedBy}` };
}

function lostMark({ acknowledged, lost }: Kept): Mark {
  const [first] = lost;
  const which = first === undefined ? '' : `; missing: ${first}`;
  return {
    id: 'lost',
    kept: lost.length === 0 && acknowledged > 0,
    figure: String(lost.length),
    measured: `${acknowledged} sessions, locks and writes were acknowledged, ${acknowledged - lost.length} are in the log${which}`,
  };
}

function unmeasured(id: Mark['id']): Mark {
  return { id, kept: false, figure: NOT_MEASURED, measured: NOT_MEASURED };
}
