// The outcome of a drill of one incident: what a script reads, and what the screen shows.

import { DEFAULT_POLICY, type Policy } from '../../../../core/governance/policy.ts';
import type { IncidentReport } from '../../../../core/incident/report/report.ts';
import type { Moment } from '../rehearsal/audience.ts';
import type { Promised } from '../report/promises.ts';
import type { Incident, Played } from './incident.ts';
import { type AgentRecord, inWords } from './measure.ts';
import type { Rescued } from './rescuer.ts';
import { type Evidence, isKept, type Score, scoreOf } from './score.ts';

export interface IncidentRecord extends Evidence {
  readonly incident: Incident;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly moments: readonly Moment[];
  /** What the fleet itself reports of the incidents that it opened. */
  readonly reports: readonly IncidentReport[];
  /** Why the script ended before its end; null when it did not. */
  readonly stoppedBy: string | null;
}

/** An incident that the fleet itself opened, as its own report has it. */
export interface OpenedIncident {
  readonly incident: number;
  readonly title: string;
  /** The likeliest cause; null where the log does not tell. */
  readonly cause: { readonly code: string; readonly text: string } | null;
  readonly losses: string;
}

export interface Threshold {
  readonly setting: string;
  readonly here: number;
  readonly usually: number;
}

export interface DrillOutcome {
  readonly drill: string;
  readonly title: string;
  readonly rehearses: string;
  readonly ok: boolean;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly agents: readonly Omit<AgentRecord, 'journal'>[];
  /** Settings that are shorter here than they are by default. */
  readonly thresholds: readonly Threshold[];
  readonly score: Score;
  readonly promises: readonly Promised[];
  readonly rescued: Rescued | null;
  readonly incidents: readonly OpenedIncident[];
  readonly moments: readonly Moment[];
  readonly verdict: string;
  readonly stoppedBy: string | null;
}

export function outcomeOf(record: IncidentRecord): DrillOutcome {
  const { incident, played, agents, reports, moments, startedAt, tookMs, stoppedBy } = record;
  const score = scoreOf(record);
  const promises = played === null ? [] : [...played.promises, ...reportPromise(played, reports)];
  const ok = stoppedBy === null && isKept(score, promises);
  return {
    drill: incident.name,
    title: incident.title,
    rehearses: incident.rehearses,
    ok,
    startedAt,
    tookMs,
    agents: agents.map(({ agentId, asked, client }) => ({ agentId, asked, client })),
    thresholds: thresholdsOf(incident.policy),
    score,
    promises,
    rescued: played?.rescued ?? null,
    incidents: reports.map(openedOf),
    moments,
    verdict: verdictOf(played, { ok, score, promises, stoppedBy }),
    stoppedBy,
  };
}

function verdictOf(
  played: Played | null,
  { ok, score, promises, stoppedBy }: Pick<DrillOutcome, 'ok' | 'score' | 'promises' | 'stoppedBy'>,
): string {
  if (stoppedBy !== null) return `The drill ended before its end: ${stoppedBy}.`;
  if (ok && played !== null) return played.verdict;
  const broken = [...score.marks, ...promises].filter(({ kept }) => !kept).map(({ id }) => id);
  return `Not kept: ${broken.join(', ')}.`;
}

function openedOf({ incident, title, causes: [cause], losses }: IncidentReport): OpenedIncident {
  const likeliest = cause === undefined ? null : { code: cause.code, text: inWords(cause.text) };
  return { incident, title: inWords(title), cause: likeliest, losses: losses.verdict };
}

/** Where the fleet opens an incident, the report that it writes by itself must be right too. */
function reportPromise({ reported }: Played, [report]: readonly IncidentReport[]): readonly Promised[] {
  if (reported.length === 0) return [];
  const [cause] = report?.causes ?? [];
  const isNamed = cause !== undefined && reported.includes(cause.code);
  return [
    {
      id: 'report',
      text: 'The report that the fleet writes of it by itself names the cause, and finds nothing lost',
      kept: isNamed && report?.losses.checks.every(({ isGood }) => isGood) === true,
      measured:
        report === undefined ? 'there is none' : `${cause?.code ?? 'no cause'}; ${inWords(report.losses.verdict)}`,
    },
  ];
}

function thresholdsOf({ alerts = {}, silentHolder = {} }: Policy): readonly Threshold[] {
  const usual = DEFAULT_POLICY;
  return [...numbersOf('silentHolder', silentHolder, usual.silentHolder), ...numbersOf('alerts', alerts, usual.alerts)];
}

function numbersOf(group: string, said: object, usual: object): readonly Threshold[] {
  return Object.entries(said).flatMap(([name, here]) => {
    const usually = (usual as Readonly<Record<string, unknown>>)[name];
    if (typeof here !== 'number' || typeof usually !== 'number') return [];
    return [{ setting: `${group}.${name}`, here, usually }];
  });
}
