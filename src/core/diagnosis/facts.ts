// What a diagnosis is made from, and how its evidence is put into words.

import { inWords, named } from '../alert/wording.ts';
import type { FleetState } from '../fleet-state.ts';
import type { AlertsPolicy } from '../governance/policy.ts';
import { fleetPolicy } from '../governance/policy.ts';
import type { Instant } from '../instant.ts';
import { silentAfterMs } from '../lease/silence.ts';
import type { SessionRow, TicketRow } from '../rows.ts';
import { durationText } from '../view/duration-text.ts';
import { oneLine } from '../view/one-line.ts';
import type { PresenceOf } from '../view/views.ts';
import type { OwnTrouble } from './finding.ts';
import { type Holder, holdersBefore } from './holders-before.ts';

export interface Facts {
  readonly state: FleetState;
  readonly at: Instant;
  readonly presence: PresenceOf;
  readonly own: OwnTrouble;
}

/** The facts with what every finding looks at, found once. */
export interface Look extends Facts {
  readonly holders: readonly Holder[];
  readonly limits: AlertsPolicy;
  readonly silentAfterMs: number;
}

export function lookAt(facts: Facts): Look {
  const { state } = facts;
  const { alerts } = fleetPolicy(state.fleet?.policy?.content ?? null);
  return { ...facts, holders: holdersBefore(state), limits: alerts, silentAfterMs: silentAfterMs(state) };
}

/** `ana`, `ana and bo`, `ana, bo, cy and 4 more`; each once. */
export function namesText(names: Iterable<string>): string {
  const each = [...new Set(names)];
  return each.length === 0 ? 'nobody' : named(each.slice(0, NAMED).map(inWords), each.length);
}

const NAMED = 3;

/** The processes of a session, as people find them: `process 4711 (mcp)`. */
export function processesText({ attachments }: Pick<SessionRow, 'attachments'>): string {
  if (attachments.length === 0) return 'no process';
  const shown = attachments.slice(0, NAMED).map(({ pid, kind }) => `${pid} (${oneLine(kind, 40)})`);
  const more = attachments.length > shown.length ? ` and ${attachments.length - shown.length} more` : '';
  return `${attachments.length === 1 ? 'process' : 'processes'} ${shown.join(', ')}${more}`;
}

/** Who waits, for how long the longest. */
export function waitersText(waiters: readonly TicketRow[], at: Instant): string {
  const names = namesText(waiters.map(({ agentId }) => agentId));
  const many = new Set(waiters.map(({ sessionId }) => sessionId)).size;
  const longest = durationText(longestWait(waiters, at));
  return many === 1 ? `${names} has waited ${longest}` : `${names} wait, the longest for ${longest}`;
}

export function longestWait(tickets: Iterable<TicketRow>, at: Instant): number {
  let longest = 0;
  for (const { queuedAt } of tickets) longest = Math.max(longest, at - queuedAt);
  return longest;
}

/** When something was heard of the session last, as the log has it. */
export function heardText({ activeAt }: Pick<SessionRow, 'activeAt'>, at: Instant): string {
  return `the last thing the log has of it is ${durationText(at - activeAt)} old`;
}
