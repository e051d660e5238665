// Every kind of event as one plain sentence, for the feed, for reports and for people who read the log at night. It says
// who, what and why in the words of the glossary; what agents wrote is put in quotation marks and kept on one line.

import type { EventFacts, EventOf, EventType, FleetEvent, GrantPath, WaitOutcome } from '../event.ts';
import { durationText } from './duration-text.ts';
import { oneLine } from './one-line.ts';
import { resourceText } from './resource-text.ts';

/**
 * One sentence without a full stop, on one line, without control characters. Total: there is one for every event type.
 * Files of the worktree `reader` are named without it.
 */
export function sentenceOf(event: FleetEvent, reader: string | null = null): string {
  switch (event.type) {
    case 'fleet.founded':
      return `The fleet ${event.fleetId} was founded`;
    case 'epoch.started':
      return `The log was lost at number ${event.lost.seq}; a new epoch goes on from what was known at number ${event.basis.seq}: ${oneLine(event.why)}`;
    case 'format.moved':
      return `The log moved from format ${event.from} to ${event.to}`;
    case 'granting.suspended':
      return `Granting rests (${event.code}): ${oneLine(event.why)}`;
    case 'granting.resumed':
      return `Granting goes on, by ${who(event)}: ${oneLine(event.why)}`;
    case 'place.anchored':
      return `The clock of ${oneLine(event.host, 64)} was anchored: ${oneLine(event.why)}`;
    case 'names.folded':
      return `File names are compared without case from here on: ${oneLine(event.why)}`;
    case 'invariant.broken':
      return `The invariant ${event.invariant} is broken: ${oneLine(event.detail)}`;
    case 'drill.marked':
      return `Drill: ${oneLine(event.label)}${event.note === '' ? '' : `, ${oneLine(event.note)}`}`;
    case 'log.archived':
      return `Events ${event.firstSeq} to ${event.lastSeq} were archived as ${oneLine(event.file, 200)}`;
    case 'fleet.moved':
      return `The fleet moved to ${oneLine(event.to, 300)}, by ${who(event)}: this log ends here`;
    case 'operator.token_set':
      return `The ${event.kind} token was set by ${who(event)}`;
    case 'agent.registered':
      return registered(event);
    case 'session.opened':
      return opened(event);
    case 'session.handle_renewed':
      return `${who(event)} was given a fresh handle for a session not used so far`;
    case 'session.attached':
      return `${whose(event)} session is now also served by ${event.attachment.kind} process ${event.attachment.pid}`;
    case 'session.detached':
      return `A process left ${whose(event)} session (${event.how === 'exit' ? 'it ended' : 'found dead'}: ${oneLine(event.evidence)})`;
    case 'session.active':
      return `${who(event)} was active`;
    case 'notices.heard':
      return `${who(event)} was told everything up to number ${event.upTo}`;
    case 'session.closed':
      return `${whose(event)} session was closed: ${oneLine(event.why)}`;
    case 'session.lost':
      return `${whose(event)} session was lost: ${oneLine(event.evidence)}`;
    case 'lease.granted':
      return granted(event, reader);
    case 'lease.renewed':
      return `${who(event)} renewed ${what(event, reader)} for ${durationText(event.ttlMs)}`;
    case 'lease.shortened':
      return `${whose(event)} lease of ${what(event, reader)} was shortened by ${oneLine(event.by)}: it ends in ${durationText(event.until - event.at)} unless it is used${because(event.reason)}`;
    case 'lease.released':
      return released(event, reader);
    case 'lease.expired':
      return `${whose(event)} lease of ${what(event, reader)} expired, unused for ${durationText(event.at - event.lastUsedAt)}`;
    case 'lease.revoked':
      return `${what(event, reader)} was revoked from ${who(event)} by ${oneLine(event.by)}${because(event.reason)}`;
    case 'lease.dropped':
      return `${whose(event)} lease of ${what(event, reader)} ended with its ${event.ending === 'session_lost' ? 'lost' : 'closed'} session`;
    case 'lease.queued':
      return `${who(event)} stands in line for ${listOf(event.resources, reader)} (${event.mode})${because(event.reason)}`;
    case 'lease.offered':
      return `${who(event)} is offered ${event.revived ? 'once more ' : ''}what it stands in line for, for ${durationText(event.until - event.at)}`;
    case 'offer.lapsed':
      return `${whose(event)} offer lapsed unclaimed; the turn passes on, the place stays`;
    case 'wait.parked':
      return `${who(event)} goes on waiting for up to ${durationText(event.parkedUntil - event.at)}`;
    case 'wait.left':
      return `${who(event)} left the call; the ticket keeps its place`;
    case 'wait.passed':
      return `${who(event)} passes a waiter that is waiting for it`;
    case 'wait.ended':
      return waitEnded(event, reader);
    case 'line.unsettled':
      return unsettled(event, reader);
    case 'line.settled':
      return 'A line of which the rest was left is settled';
    case 'request.refused':
      return `${who(event)} was refused ${event.resource === undefined ? 'a request' : nameOf(event, reader)} (${event.code})`;
    case 'deadlock.suspected':
      return `${listOfNames(event.agents)} may be in a deadlock: each keeps asking for what another one holds`;
    case 'edit.began':
      return `${who(event)}${labelled(event.label)} is about to edit ${what(event, reader)} with ${oneLine(event.tool, 64)}`;
    case 'edit.denied':
      return `${who(event)}${labelled(event.label)} was kept from an edit with ${oneLine(event.tool, 64)} and stands in line with ${event.ticket}`;
    case 'file.edited':
      return edited(event, reader);
    case 'handoff.offered':
      return `${who(event)} offers ${what(event, reader)} to ${oneLine(event.to)} for ${durationText(event.until - event.at)}`;
    case 'handoff.ended':
      return handoffEnded(event, reader);
    case 'checkin.recorded':
      return checkedIn(event);
    case 'outcome.recorded':
      return `${who(event)} recorded ${oneLine(event.kind, 64)} ${event.ok ? 'succeeded' : 'failed'} for ${event.checkInId} of ${oneLine(event.about)}`;
    case 'agent.paused':
      return `${who(event)} is paused by ${oneLine(event.by === 'policy' ? 'policy' : event.actor)}${because(event.reason)}${event.leases === 'release' ? '; what it holds is released' : ''}`;
    case 'agent.resumed':
      return `${who(event)} is active again, ${event.by === 'recover' ? 'by its own reflection' : `by ${oneLine(event.actor)}`}${because(event.reason)}`;
    case 'agent.archived':
      return `${who(event)} is archived by ${oneLine(event.by === 'policy' ? 'policy' : event.actor)}${because(event.reason)}`;
    case 'agent.restored':
      return `${who(event)} is restored${event.by === 'return' ? ', because it came back' : ` by ${oneLine(event.actor)}${because(event.reason)}`}`;
    case 'agent.retired':
      return `${who(event)} is retired for ever by ${oneLine(event.actor)}${because(event.reason)}`;
    case 'policy.adopted':
      return `A policy is in force by ${oneLine(event.actor)}: ${event.diff.length === 0 ? 'the defaults' : oneLine(event.diff.join('; '))}`;
    case 'message.sent':
      return `${oneLine(event.agentId ?? event.actor)} sent ${event.to === '*' ? 'everybody' : oneLine(event.to)} a message (${event.kind})${event.lease === null ? '' : ` about ${resourceText(event.lease.resource, reader)}`}`;
    case 'messages.read':
      return `${who(event)} read its messages up to number ${event.upTo}`;
    case 'agent.imported':
      return `${who(event)} was imported from ${oneLine(event.source)} as ${event.lifecycle}`;
    case 'history.imported':
      return `${event.rows.length} lines of ${whose(event)} history were imported from ${oneLine(event.source)}`;
    case 'state.put':
      return `${who(event)} wrote ${oneLine(event.key)} version ${event.valueVersion}${event.guard === null ? '' : ` under token ${event.guard}`}`;
    case 'rescue.done':
      return `Rescue by ${oneLine(event.actor === 'brigade' ? 'policy' : event.actor)}: ${alertText(event.means, reader)}${because(event.reason)}`;
    case 'alert.opened':
      return `Alert ${event.seq} (${event.code}, ${event.severity}): ${alertText(event.text, reader)}`;
    case 'alert.repeated':
      return `Alert ${event.alert} still: ${alertText(event.text, reader)}`;
    case 'alert.closed':
      return `Alert ${event.alert} (${event.code}) is over: ${alertText(event.why, reader)}`;
    case 'alert.acknowledged':
      return `Alert ${event.alert} is looked after by ${oneLine(event.actor)}${because(event.note)}`;
    case 'alert.unacknowledged':
      return `Alert ${event.alert} is looked after no more, says ${oneLine(event.actor)}${because(event.note)}`;
    case 'alert.silenced':
      return event.until === null
        ? `Alert ${event.alert} is told again, by ${oneLine(event.actor)}${because(event.note)}`
        : `Alert ${event.alert} is silenced for ${durationText(event.until - event.at)} by ${oneLine(event.actor)}${because(event.note)}`;
    case 'incident.opened':
      return `Incident ${event.incident} began with alert ${event.alert}${event.earlier === null ? '' : `, after incident ${event.earlier}`}: ${alertText(event.title, reader)}`;
    case 'incident.joined':
      return `Alert ${event.alert} belongs to incident ${event.incident}${event.beside.length === 0 ? '' : `, and touches incident ${listOfNames(event.beside.map(String))}`}`;
    case 'incident.noted':
      return `${oneLine(event.actor)} noted on incident ${event.incident}: ${oneLine(event.text)}`;
    case 'delivery.opened':
      return openedDelivery(event);
    case 'delivery.claimed':
      return event.until > event.at
        ? `Process ${event.worker.pid} sends to ${oneLine(event.target)} for ${durationText(event.until - event.at)}`
        : `Process ${event.worker.pid} sends no more to ${oneLine(event.target)}`;
    case 'delivery.done':
      return `${listOfNumbers(event.messages)} reached ${oneLine(event.target)}`;
    case 'delivery.retrying':
      return `Number ${event.message} did not reach ${oneLine(event.target)} (try ${event.attempt}: ${oneLine(event.detail)}); it is tried again in ${durationText(event.nextAt - event.at)}`;
    case 'delivery.dead':
      return `Number ${event.message} is given up for ${oneLine(event.target)} after ${event.attempts === 1 ? 'one try' : `${event.attempts} tries`}: ${oneLine(event.detail)}`;
    case 'delivery.disabled':
      return `${oneLine(event.target)} wants nothing more and is sent nothing more: ${oneLine(event.detail)}`;
    case 'delivery.reopened':
      return `${oneLine(event.target)} is tried again by ${oneLine(event.actor)}${event.messages.length === 0 ? '' : `: ${listOfNumbers(event.messages)}`}`;
    case 'incident.closed':
      return `Incident ${event.incident} is closed ${event.how === 'quiet' ? 'because it is quiet' : `by ${oneLine(event.actor)}`}: ${alertText(event.text, reader)}`;
  }
}

const PATHS: Readonly<Record<GrantPath, string>> = {
  free: 'was granted',
  promoted: 'was granted, first in line,',
  claimed: 'claimed its offer of',
  handoff: 'took over by handoff',
  upgrade: 'was granted, in place of its shared lease,',
  passed: 'was granted, past a waiter that waits for it,',
};

function granted(event: EventOf<'lease.granted'>, reader: Reader): string {
  const detail = `${event.mode}, token ${event.token ?? event.seq}`;
  return `${who(event)} ${PATHS[event.path]} ${nameOf(event, reader)} (${detail})${because(event.reason)}`;
}

const RELEASES: Readonly<Record<EventFacts['lease.released']['why'], string>> = {
  released: '',
  undelivered: 'the grant could not be delivered',
  quiet: 'nobody edited it any more',
  turn: 'the turn of its agent is over',
};

function released(event: EventOf<'lease.released'>, reader: Reader): string {
  if (event.why === 'released') return `${who(event)} released ${what(event, reader)}`;
  return `${what(event, reader)} was taken back from ${who(event)}, because ${RELEASES[event.why]}`;
}

function edited(event: EventOf<'file.edited'>, reader: Reader): string {
  const by = event.agentId === undefined ? 'Nobody of the fleet' : `${who(event)}${labelled(event.label)}`;
  const seen = { hook: '', watch: ', as its file shows', git: ', as a commit shows' }[event.via];
  const held = event.beside === null ? '' : `, which was held by token ${event.beside}`;
  return `${by} edited ${event.token === undefined ? nameOf(event, reader) : what(event, reader)} with ${oneLine(event.tool, 64)}${seen}${held}`;
}

/** The sub-agent that acted for it. */
function labelled(label: string | null): string {
  return label === null ? '' : ` (${oneLine(label, 64)})`;
}

function registered(event: EventOf<'agent.registered'>): string {
  const purpose = event.purpose === null || event.purpose === '' ? '' : ` for ${oneLine(event.purpose, 80)}`;
  return `${who(event)} joined the fleet with ${oneLine(event.client, 64)}${purpose}`;
}

function opened(event: EventOf<'session.opened'>): string {
  const process = event.attachment === null ? '' : ` (${event.attachment.kind} process ${event.attachment.pid})`;
  const warned = event.warnings.length === 0 ? '' : `; ${event.warnings.map((each) => oneLine(each)).join('; ')}`;
  return `${who(event)} ${event.resumedFrom === null ? 'opened a session' : 'came back with a new session'}${process}${warned}`;
}

const OUTCOMES: Readonly<Record<WaitOutcome, string>> = {
  granted: 'ended with a grant',
  withdrawn: 'was withdrawn',
  timed_out: 'timed out, because nobody asked for it any more',
  deadlock: 'was ended to break a deadlock',
  session_ended: 'ended with its session',
};

function checkedIn(event: EventOf<'checkin.recorded'>): string {
  const reasons = event.reasons.length === 0 ? '' : ` (${event.reasons.map(({ code }) => code).join(', ')})`;
  const summary = oneLine(event.summary, 120);
  return `${who(event)} checked in and hears ${event.verdict}${reasons}${summary === '' ? '' : `: "${summary}"`}`;
}

function waitEnded(event: EventOf<'wait.ended'>, reader: Reader): string {
  const cycle = event.cycle.length === 0 ? '' : `: ${cycleText(event.cycle, reader)}`;
  return `${whose(event)} wait${event.resource === undefined ? '' : ` for ${what(event, reader)}`} ${OUTCOMES[event.outcome]}${cycle}`;
}

/** A cycle in words: who waits for what, and who holds it. */
export function cycleText(
  cycle: readonly { readonly agentId: string; readonly resource: string; readonly leftOut?: number }[],
  reader: string | null = null,
): string {
  const steps = cycle.map((step, i) => {
    const holder = cycle[(i + 1) % cycle.length] ?? step;
    const next = oneLine(holder.agentId);
    const held =
      step.leftOut === undefined ? `held by ${next}` : `and ${step.leftOut} more wait for one another up to ${next}`;
    return `${oneLine(step.agentId)} waits for ${resourceText(step.resource, reader)}, ${held}`;
  });
  return steps.join('; ');
}

function openedDelivery({ opened: told }: EventOf<'delivery.opened'>): string {
  const targets = listOfNames([...new Set(told.flatMap((each) => each.targets))]);
  const full = [...new Set(told.flatMap((each) => each.full))];
  const numbers = listOfNumbers(told.map(({ message }) => message));
  const lost = full.length === 0 ? '' : `; too many messages wait for ${listOfNames(full)}`;
  return `${numbers} ${told.length === 1 ? 'is' : 'are'} to be told to ${targets}${lost}`;
}

function listOfNumbers(messages: readonly number[]): string {
  return `${messages.length === 1 ? 'Number' : 'Numbers'} ${listOfNames(messages.map(String))}`;
}

/** Logs of before say that granting rests only in their other events. */
function unsettled({ resources, resting }: EventOf<'line.unsettled'>, reader: Reader): string {
  const line = resources.length === 0 ? 'What a session waits for' : `The line of ${listOf(resources, reader)}`;
  return resting === true
    ? `${line} moves on when granting does`
    : `${line} is not settled to its end yet; the rest follows`;
}

function handoffEnded(event: EventOf<'handoff.ended'>, reader: Reader): string {
  const of = event.resource === undefined ? 'The handoff' : `The handoff of ${what(event, reader)}`;
  switch (event.outcome) {
    case 'accepted':
      return `${of} was accepted`;
    case 'declined':
      return `${of} was declined`;
    case 'lapsed':
      return `${of} lapsed unanswered`;
    case 'lease_ended':
      return `${of} ended with its lease`;
  }
}

type Any = EventOf<EventType>;
type Reader = string | null;

/** Whom the event is about: the agent, else the actor. */
function who(event: Any): string {
  return oneLine(event.agentId ?? event.actor);
}

function whose(event: Any): string {
  return `${who(event)}'s`;
}

function what(event: Any, reader: Reader): string {
  const name = nameOf(event, reader);
  return event.token === undefined ? name : `${name} (token ${event.token})`;
}

function nameOf(event: Any, reader: Reader): string {
  return event.resource === undefined ? 'its lease' : resourceText(event.resource, reader);
}

function because(reason: string): string {
  const text = oneLine(reason);
  return text === '' ? '' : `: "${text}"`;
}

const NAMED = 4;

function listOf(resources: readonly string[], reader: Reader): string {
  return listOfNames(resources.map((resource) => resourceText(resource, reader)));
}

function listOfNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => oneLine(name));
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.pop() ?? 'nothing';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** A sentence with stored names in it, as its reader sees them. */
function alertText(text: string, reader: string | null): string {
  return oneLine(reader === null ? text : text.replaceAll(`file:@${reader}/`, 'file:'), ALERT_LENGTH);
}

/** Longer than any. */
const ALERT_LENGTH = 1_200;
