// One incident from its first process to its last: the scratch fleet, the script, the record that it is judged by.

import type { FeedEvent } from '../../../../app/coordinator.ts';
import { incidentReport } from '../../../../app/incident/incident-report.ts';
import { capLogs, clock, type Fleet } from '../../../../compose.ts';
import type { Policy } from '../../../../core/governance/policy.ts';
import type { IncidentReport } from '../../../../core/incident/report/report.ts';
import { type Rejection, reject } from '../../../../core/rejection.ts';
import { askedName } from '../cast.ts';
import { parseJournal } from '../journal.ts';
import type { Audience, Moment } from '../rehearsal/audience.ts';
import { openDrillPage } from '../rehearsal/drill-page.ts';
import { LogWatch } from '../rehearsal/log-watch.ts';
import { type Ended, onScratch, playOut, type ScratchOptions, type Setting } from '../rehearsal/on-scratch.ts';
import { type Scratch, textIn } from '../rehearsal/scratch.ts';
import type { Incident, Played } from './incident.ts';
import { type AgentRecord, isOf } from './measure.ts';
import { namesOf } from './names.ts';
import type { IncidentRecord } from './outcome.ts';
import { type Cook, Scene, type SceneOptions } from './scene.ts';

export interface IncidentRehearsal extends Omit<ScratchOptions, 'policy'> {
  readonly incident: Incident;
  readonly agents: number;
  readonly audience: Audience;
  /** The page of the fleet is served, and there until this has heard the record. Null: it is not. */
  readonly onRecord: ((record: IncidentRecord) => Promise<void>) | null;
}

/** For the test that a drill does not pass when people are told nothing. */
const UNSEEING: Policy = { silentHolder: { afterMs: 86_400_000 } };

/** Null when it was ended early by the signal; why not when its log cannot be used. Throws for a fault of ours. */
export async function rehearseIncident(
  rehearsal: IncidentRehearsal,
): Promise<Ended<IncidentRecord> | Rejection | null> {
  const { incident } = rehearsal;
  // This process looks on, and may write what people are told: a disk that is full is full for it too.
  const ownLog = incident.faulty === true ? await capLogs() : null;
  const policy = rehearsal.env.BRIGADE_DRILL_BREAK === 'detection' ? UNSEEING : incident.policy;
  return onScratch({ ...rehearsal, policy }, (setting) => inFleet(rehearsal, { ...setting, ownLog }));
}

type Own = Pick<SceneOptions, 'ownLog'>;

async function inFleet(
  rehearsal: IncidentRehearsal,
  setting: Setting & Own,
): Promise<IncidentRecord | Rejection | null> {
  if (setting.fleet.coordinator.health().head.seq > 0) return notNew();
  const { audience, onRecord } = rehearsal;
  const say = (text: string): void => audience.onMoment({ afterMs: 0, text, tone: 'good' });
  const page = onRecord === null ? null : await openDrillPage(setting, say);
  try {
    const record = await recordPlay(rehearsal, setting);
    if (record !== null) await onRecord?.(record);
    return record;
  } finally {
    await page?.close();
  }
}

async function recordPlay(rehearsal: IncidentRehearsal, setting: Setting & Own): Promise<IncidentRecord | null> {
  const { incident, agents, audience, signal, onRecord } = rehearsal;
  const { fleet, scratch } = setting;
  const startedAt = clock.wallAt();
  const startedMs = clock.monotonicMs();
  const moments: Moment[] = [];
  const onMoment = (moment: Moment): void => {
    moments.push(moment);
    if (!signal.aborted) audience.onMoment(moment);
  };
  const watch = new LogWatch(fleet.coordinator);
  watch.onEvent(audience.onEvent);
  const asks = incident.asks?.(agents) ?? namesOf(agents);
  const heard: Audience = { ...audience, onMoment };
  const own = { faulty: incident.faulty === true, asks, isByHand: onRecord !== null };
  const scene = new Scene({ ...setting, watch, audience: heard, startedMs, ...own });
  watch.onEvent((event) => tellOf(scene, event));
  let played: Played | null = null;
  let untilMs = Number.POSITIVE_INFINITY;
  const stoppedBy = await playOut({ players: () => scene.cooks, watch, signal }, async () => {
    played = await incident.play(scene);
    untilMs = clock.monotonicMs();
  });
  if (signal.aborted) return null;
  await watch.close(fleet.coordinator);
  const reports = await reportsOf(fleet, watch.events, signal);
  return {
    incident,
    startedAt,
    tookMs: clock.monotonicMs() - startedMs,
    played,
    untilMs,
    events: watch.events,
    agents: await Promise.all(
      scene.cooks.filter(({ isRegistered }) => isRegistered).map((cook) => recordOf(cook, scratch)),
    ),
    moments,
    reports,
    stoppedBy,
  };
}

async function recordOf({ agentId, member }: Cook, scratch: Scratch): Promise<AgentRecord> {
  const journal = parseJournal((await textIn(scratch.journal(member.index))) ?? '');
  return { agentId, asked: askedName(member), client: member.client, journal };
}

/** What the fleet itself reports of the incidents that it opened. */
async function reportsOf(
  { coordinator }: Fleet,
  events: readonly FeedEvent[],
  signal: AbortSignal,
): Promise<readonly IncidentReport[]> {
  const reports: IncidentReport[] = [];
  for (const event of events) {
    if (!isOf(event, 'incident.opened')) continue;
    const report = await incidentReport(coordinator, { incident: event.incident, clock, signal });
    if (report !== null) reports.push(report);
  }
  return reports;
}

/** What the fleet itself says of what goes wrong, as it says it. */
function tellOf(scene: Scene, event: FeedEvent): void {
  switch (event.type) {
    case 'alert.opened':
      scene.tell(`ALERT ${event.code}: ${event.text}`, 'bad');
      return;
    case 'alert.closed':
      scene.tell(`alert ${event.code} closes: ${event.why}`, 'quiet');
      return;
    case 'alert.repeated':
      scene.tell(`alert again: ${event.text}`, 'bad');
      return;
    case 'incident.opened':
      scene.tell(`INCIDENT ${event.incident} opens with it`, 'bad');
      return;
    default:
  }
}

/** A drill shortens the thresholds of its fleet, and leaves its history in it. */
function notNew(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'The log that --store names is not empty, and this drill needs a fleet of its own.',
    next: 'Leave --store out for a log in the scratch folder, or name a file that is not there yet.',
  });
}
