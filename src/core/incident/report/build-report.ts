// Makes the report of an incident from what was gathered. Pure: the same material is always the same report.

import { counted } from '../../view/count-text.ts';
import { durationText } from '../../view/duration-text.ts';
import { oneLine } from '../../view/one-line.ts';
import { resourceText } from '../../view/resource-text.ts';
import { type Cause, causesOf, longestWait } from './causes.ts';
import { type Course, courseOf } from './course.ts';
import { graphsOf } from './graph.ts';
import { impactOf } from './impact.ts';
import { lossesOf } from './losses.ts';
import type { ReportMaterial } from './material.ts';
import { agentsOf, locksOf } from './parties.ts';
import { preventionOf } from './prevention.ts';
import { recoveryOf } from './recovery.ts';
import type { Impact, IncidentReport, Losses, Recovery, Source } from './report.ts';
import { timelineOf } from './timeline.ts';
import { seenBy } from './words.ts';

export function buildReport(material: ReportMaterial): IncidentReport {
  const course = courseOf(material);
  const { row, line, head } = material.view;
  const causes = causesOf(course);
  const impact = impactOf(course);
  const recovery = recoveryOf(course, causes[0]);
  const losses = lossesOf(course);
  const { incident, severity, earlier, beside, notes } = row;
  return {
    incident,
    title: oneLine(titleOf(course, causes[0]), TITLE_LENGTH),
    severity,
    state: line.state,
    earlier,
    beside,
    span: {
      openedAt: row.openedWallAt,
      untilAt: row.closed?.wallAt ?? head.wallAt,
      lastedMs: line.lastedMs,
      isOver: line.state !== 'open',
    },
    summary: summaryOf(course, causes, { impact, recovery, losses }),
    impact: {
      ...impact,
      blocked: impact.blocked.map((each) => ({ ...each, resources: shown(course, each.resources) })),
    },
    timeline: timelineOf(course),
    agents: agentsOf(course),
    locks: locksOf(course).map((lock) => ({ ...lock, resource: resourceText(lock.resource, course.reader) })),
    graphs: graphsOf(course).map((graph) => ({
      ...graph,
      edges: graph.edges.map((edge) => ({ ...edge, resource: resourceText(edge.resource, course.reader) })),
    })),
    causes: causes.map(({ code, text, evidence, notKnown }) => ({ code, text, evidence, notKnown })),
    recovery,
    losses,
    prevention: preventionOf(course, causes),
    notes: notes.map(({ seq, wallAt, by, text }) => ({ seq, at: wallAt, by, text })),
    source: sourceOf(material),
  };
}

/** What a store says of a full disk, with the file that it is about, is in it whole. */
const TITLE_LENGTH = 400;

function shown({ reader }: Course, resources: readonly string[]): readonly string[] {
  return resources.map((resource) => resourceText(resource, reader));
}

/** What it was about in a few words; the title it opened with tells what was seen first, or all that is known. */
function titleOf(course: Course, cause: Cause | undefined): string {
  const { material, reader } = course;
  return (
    (cause === undefined ? null : causeTitle(course, cause)) ??
    seenBy(reader, material.view.row.title.replace(/\.$/, ''))
  );
}

function causeTitle({ reader }: Course, { code, agents, resources }: Cause): string | null {
  const [who] = agents;
  const [what] = resources.map((resource) => resourceText(resource, reader));
  if (who === undefined) return null;
  switch (code) {
    case 'deadlock':
      return `Deadlock of ${agents.length === 2 ? agents.join(' and ') : `${agents.length} agents: ${agents.join(', ')}`}`;
    case 'suspected_deadlock':
      return `${agents.join(', ')} asked each other in circles`;
    default:
      return what === undefined ? null : holderTitle(code, who, what);
  }
}

function holderTitle(code: string, who: string, what: string): string | null {
  switch (code) {
    case 'silent_holder':
      return `${who} fell silent while it held ${what}`;
    case 'session_lost':
      return `The process of ${who} ended while it held ${what}`;
    case 'paused_holder':
      return `${who} was paused while it held ${what}`;
    case 'retry_storm':
      return `${who} asked for ${what} again and again`;
    default:
      return null;
  }
}

interface Parts {
  readonly impact: Impact;
  readonly recovery: Recovery;
  readonly losses: Losses;
}

/** One paragraph for somebody who reads nothing else. */
function summaryOf(course: Course, causes: readonly Cause[], { impact, recovery, losses }: Parts): string {
  const [cause] = causes;
  const why = cause?.text ?? unknownCause(course);
  return [why, noticedText(course, cause), impactText(impact), recovery.text, losses.verdict].filter(Boolean).join(' ');
}

function unknownCause(course: Course): string {
  const waited = longestWait(course);
  return `The log does not tell why it happened${waited === null ? '' : `; ${waited}`}.`;
}

function noticedText({ material }: Course, cause: Cause | undefined): string {
  if (cause === undefined) return '';
  const after = material.view.row.openedAt - cause.since;
  return after <= 0
    ? 'It was noticed in the moment in which it happened.'
    : `It was noticed after ${durationText(after)}.`;
}

function impactText({ blocked, waitedMs, longestMs, lostLeases }: Impact): string {
  if (blocked.length === 0) return 'Nobody was kept waiting.';
  const lost = lostLeases.revoked + lostLeases.expired + lostLeases.dropped;
  const ended =
    lost === 0
      ? ''
      : ` ${counted(lost, 'lease')} ended against the will of ${lost === 1 ? 'its holder' : 'their holders'}.`;
  if (blocked.length === 1) return `One agent waited, for ${durationText(waitedMs)} in all.${ended}`;
  return `${blocked.length} agents waited ${durationText(waitedMs)} together, the longest of them ${durationText(longestMs)}.${ended}`;
}

function sourceOf({ read, events }: ReportMaterial): Source {
  const { from, to, facts, leftOut, knownFrom, isCut } = read;
  return {
    fromSeq: from?.seq ?? null,
    toSeq: to?.seq ?? null,
    facts,
    concerned: events.length + leftOut,
    leftOut,
    knownFrom,
    isCut,
    firstHash: from?.hash ?? null,
    lastHash: to?.hash ?? null,
  };
}
