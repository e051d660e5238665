// What callers were told, against what the log says: whatever was acknowledged is there once, by the request that asked for it, and
// what was refused is not there at all.

import type { FleetEvent } from '../../../src/core/event.ts';
import { isRejection } from '../../../src/core/rejection.ts';
import type { Answer } from '../../../src/core/reply.ts';
import type { Call, History } from '../history.ts';

type Reply = Exclude<Answer, { readonly code: string }>;

export function toldAndLogged({ calls, sessions }: History, events: readonly FleetEvent[]): readonly string[] {
  const facts = Map.groupBy(
    events.flatMap((event) => factsOf(event)),
    (fact) => fact,
  );
  const changes = changesByRequest(events);
  return calls.flatMap((call) => {
    if (call.answer === null) return [];
    if (isRejection(call.answer)) return undoneOf(call, changes, sessions.get(call.by));
    const expected = expectedOf(call, call.answer, sessions.get(call.by) ?? '');
    return expected.flatMap((fact) => {
      const times = facts.get(fact)?.length ?? 0;
      return times === 1
        ? []
        : [`${call.requestId} of ${call.by} was told "${fact}", and that is in the log ${times} times`];
    });
  });
}

function factsOf(event: FleetEvent): readonly string[] {
  const { sessionId = '', token = 0, resource = '', requestId = '' } = event;
  switch (event.type) {
    case 'lease.granted':
      return [granted(sessionId, resource, token)];
    case 'lease.released':
      return [released(sessionId, token)];
    case 'handoff.offered':
      return [`offer ${event.offer} of ${token} by ${requestId}`];
    case 'state.put':
      return [put(event.key, event.valueVersion, requestId)];
    case 'checkin.recorded':
      return [`check-in ${event.checkInId} by ${requestId}`];
    case 'policy.adopted':
      return [`policy by ${requestId}`];
    case 'agent.paused':
    case 'agent.resumed':
      return [`${event.type} by ${requestId}`];
    default:
      return [];
  }
}

function expectedOf({ ask, requestId }: Call, answer: Reply, sessionId: string): readonly string[] {
  switch (answer.op) {
    case 'acquire':
      return answer.leases.map(({ resource, token }) => granted(sessionId, resource, token));
    case 'answer_handoff':
      return answer.lease === null ? [] : [granted(sessionId, answer.lease.resource, answer.lease.token)];
    case 'release':
    case 'withdraw':
      return answer.released.map(({ token }) => released(sessionId, token));
    case 'hand_off':
      return ask.op === 'hand_off' ? [`offer ${answer.offer} of ${ask.token} by ${requestId}`] : [];
    case 'put_state':
      return [put(answer.key, answer.version, requestId)];
    case 'check_in':
      return [`check-in ${answer.checkInId} by ${requestId}`];
    case 'adopt_policy':
      return answer.changed ? [`policy by ${requestId}`] : [];
    case 'lifecycle':
      return answer.changed ? [`agent.${ask.op === 'pause' ? 'paused' : 'resumed'} by ${requestId}`] : [];
    default:
      return [];
  }
}

/** What a request that is refused must not have done; places in line and what was due anyway are no business of it. */
const DONE = new Set([
  'lease.renewed',
  'handoff.offered',
  'state.put',
  'checkin.recorded',
  'policy.adopted',
  'agent.paused',
  'agent.resumed',
]);

function changesByRequest(events: readonly FleetEvent[]): ReadonlyMap<string, readonly FleetEvent[]> {
  const isOwn = (event: FleetEvent): boolean =>
    DONE.has(event.type) ||
    (event.type === 'lease.released' && event.why === 'released') ||
    (event.type === 'lease.granted' && event.path === 'free');
  return Map.groupBy(events.filter(isOwn), ({ requestId = '' }) => requestId);
}

function undoneOf(
  { by, requestId, answer }: Call,
  changes: ReadonlyMap<string, readonly FleetEvent[]>,
  sessionId: string | undefined,
): readonly string[] {
  const done = (changes.get(requestId) ?? []).filter(
    (event) => sessionId === undefined || event.sessionId === sessionId,
  );
  const code = isRejection(answer) ? answer.code : '';
  return done.map(({ seq, type }) => `${requestId} of ${by} was refused as ${code}, and did ${type} (${seq})`);
}

function granted(sessionId: string, resource: string, token: number): string {
  return `grant of ${resource} to ${sessionId} by ${token}`;
}

function released(sessionId: string, token: number): string {
  return `release of ${token} by ${sessionId}`;
}

function put(key: string, version: number, requestId: string): string {
  return `${key} version ${version} by ${requestId}`;
}
