// The report of an incident, from the log as any coordinator reads it: page by page, bounded, and in small pieces of work, so
// that other calls of this process are not held up by it.

import { buildReport } from '../../core/incident/report/build-report.ts';
import { Collector, type ReportMaterial } from '../../core/incident/report/material.ts';
import type { IncidentReport } from '../../core/incident/report/report.ts';
import type { IncidentView } from '../../core/view/incident-views.ts';
import type { Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';
import type { Coordinator } from '../coordinator.ts';

/** A coordinator, as of now or as of a moment of the past: the log is read up to what the view shows. */
type Readable = Pick<Coordinator, 'view' | 'feed'>;

export interface ReportOptions {
  readonly incident: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Facts that are looked at before others have a turn. */
const FACTS_A_TURN = 256;
/** Keys of governed state that are looked up. */
const KEYS = 100;
/** How often the beginning of the log may move on while we look for it. */
const BEGINNINGS = 3;

/** Null where there is no such incident. Throws `StoreFault` where the log cannot be read. */
export async function incidentReport(
  coordinator: Readable,
  { incident, clock, signal }: ReportOptions,
): Promise<IncidentReport | null> {
  const view = await coordinator.view({ kind: 'incident', incident });
  if (view === null) return null;
  const collector = await collected(coordinator, view, { clock, ...(signal === undefined ? {} : { signal }) });
  const { material, others } = collector;
  const seen = others.length === 0 ? null : await coordinator.view({ kind: 'incident', incident, also: others });
  const versions = await versionsNow(coordinator, material.events);
  return buildReport({ ...material, view: { ...view, parties: seen?.parties ?? view.parties }, versions });
}

type Reading = Omit<ReportOptions, 'incident'>;

async function collected(coordinator: Readable, view: IncidentView, reading: Reading): Promise<Collector> {
  let knownFrom: number | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const collector = new Collector(view, knownFrom);
    try {
      await collect(coordinator, collector, reading);
      return collector;
    } catch (error) {
      const removed =
        error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED' ? error.details.removedUpTo : null;
      if (typeof removed !== 'number' || attempt === BEGINNINGS) throw error;
      knownFrom = removed + 1;
    }
  }
}

async function collect(coordinator: Readable, collector: Collector, { clock, signal }: Reading): Promise<void> {
  const { after } = collector;
  let looked = 0;
  for await (const event of coordinator.feed({ after, once: true, ...(signal === undefined ? {} : { signal }) })) {
    if (!collector.take(event)) return;
    looked += 1;
    if (looked % FACTS_A_TURN === 0) await new Promise<void>((resolve) => void clock.after(0, resolve));
  }
}

/** The version in which each key that was written stands now; the first of many. */
async function versionsNow(
  coordinator: Readable,
  events: ReportMaterial['events'],
): Promise<Readonly<Record<string, number>>> {
  const keys = new Set(events.flatMap((event) => (event.type === 'state.put' ? [event.key] : [])));
  const versions: [string, number][] = [];
  for (const key of [...keys].slice(0, KEYS)) {
    const [entry] = (await coordinator.view({ kind: 'state', key })).items;
    versions.push([key, entry?.version ?? 0]);
  }
  return Object.fromEntries(versions);
}
