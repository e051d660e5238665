// Findings that are nobody's wait: trouble of the log and the desk, sessions that were left behind, and names that two share.

import { movedAdvice, movedFrom, movedText } from '../fleet/moved.ts';
import { activityStepMs } from '../lease/expiry.ts';
import type { SessionRow } from '../rows.ts';
import { allowedSilenceMs } from '../session/silence.ts';
import { durationText } from '../view/duration-text.ts';
import { oneLine } from '../view/one-line.ts';
import { type Look, namesText, processesText } from './facts.ts';
import { type Finding, findingId } from './finding.ts';
import { closeMeans, goneText, heardSentence, unseenText } from './holders.ts';

/** Of each kind. */
const SHOWN = 10;

export function fleetFindings(look: Look): readonly Finding[] {
  return [
    ...storeProblem(look),
    ...grantingRests(look),
    ...storeCaveats(look),
    ...deskProblem(look),
    ...leftBehind(look),
    ...identityCollisions(look),
  ];
}

const NOBODY = { agents: [], resources: [], sessions: [], behind: 0, action: null, others: [], since: null } as const;

function storeProblem({ own: { store }, state, presence }: Look): readonly Finding[] {
  if (store === null) return [];
  const stopped = [...state.sessions.in('live', 'live')].filter(({ sessionId }) => presence(sessionId) === 'stopped');
  const evidence = stopped
    .slice(0, SHOWN)
    .map(
      (session) =>
        `Stopped: ${processesText(session)} of ${session.agentId}. Stopped while it writes, it keeps the log from all others.`,
    );
  return [
    {
      ...NOBODY,
      id: findingId({ code: 'store_problem', subject: store.code, ref: 0 }),
      code: 'store_problem',
      severity: 'critical',
      message: `The log cannot be used from here (${store.code}): ${sentence(store.message)}`,
      evidence: [...evidence, 'What is said of the fleet below is what this process knew last.'],
      next: 'brigade doctor examines the log and says what to do.',
      refs: ['0'],
    },
  ];
}

/** The fleet is elsewhere. */
export function movedAway({ state }: Look): readonly Finding[] {
  const moved = movedFrom(state);
  if (moved === null) return [];
  const ref = state.position.epoch;
  return [
    {
      ...NOBODY,
      id: findingId({ code: 'granting_rests', subject: 'STORE_MOVED', ref }),
      code: 'granting_rests',
      severity: 'critical',
      message: `${movedText(moved)}, by ${moved.by}. Nothing is decided in this log any more.`,
      evidence: ['What this log shows is how it left.'],
      next: movedAdvice(moved),
      refs: [String(ref)],
    },
  ];
}

function grantingRests({ state, at }: Look): readonly Finding[] {
  const suspended = state.fleet?.suspended ?? null;
  if (suspended === null) return [];
  const { code, why, until, sinceWallAt } = suspended;
  const ref = state.position.epoch;
  return [
    {
      ...NOBODY,
      id: findingId({ code: 'granting_rests', subject: code, ref }),
      code: 'granting_rests',
      severity: 'critical',
      message: `Nothing is granted since ${sinceWallAt} (${code}): ${sentence(why)}`,
      evidence: [`${state.tickets.size} wait meanwhile. Reading, releasing and revoking go on.`],
      next:
        until === null
          ? 'An operator must look: brigade doctor, then brigade store repair.'
          : `It goes on by itself in ${durationText(until - at)}; an operator may say so earlier with brigade store repair.`,
      refs: [String(ref)],
    },
  ];
}

/** Somebody who operates the store must do something, and whoever works in the fleet cannot. */
function storeCaveats({ own: { caveats = [] } }: Look): readonly Finding[] {
  const needed = caveats.filter(({ isGrave, stopsWriting }) => isGrave || stopsWriting === true);
  return needed.slice(0, SHOWN).map(({ code, message, next }) => ({
    ...NOBODY,
    id: findingId({ code: 'store_caveat', subject: code, ref: 0 }),
    code: 'store_caveat',
    severity: 'warning',
    message: sentence(message),
    evidence: [`The store said so itself (${code}).`],
    next: oneLine(next, 500),
    refs: ['0'],
  }));
}

function deskProblem({ own: { desk } }: Look): readonly Finding[] {
  if (desk === null) return [];
  return [
    {
      ...NOBODY,
      id: findingId({ code: 'desk_problem', subject: desk.code, ref: 0 }),
      code: 'desk_problem',
      severity: 'info',
      message: `This process does not use the desk of this host (${desk.code}): ${sentence(desk.message)}`,
      evidence: ['It writes the log directly, which is correct and slower under load.'],
      next: 'brigade doctor says what stands in the way.',
      refs: ['0'],
    },
  ];
}

/** Live by the log alone: the process is gone, or it is where it cannot be seen and nothing was heard of it for long. */
function leftBehind(look: Look): readonly Finding[] {
  const { state, at, presence, holders } = look;
  const isWaitedFor = new Set(holders.map(({ sessionId }) => sessionId));
  const found: Finding[] = [];
  for (const session of state.sessions.in('live', 'live')) {
    if (found.length >= SHOWN) break;
    const { sessionId } = session;
    if (isWaitedFor.has(sessionId)) continue;
    const seen = presence(sessionId);
    if (seen === 'gone') found.push(...ofTheDead(look, session));
    else if (seen === 'unknown' && isLongSilent(look, session)) found.push(silentSession(look, session));
  }
  return found;

  function isLongSilent(_: Look, session: SessionRow): boolean {
    if (state.tickets.countIn('session', session.sessionId) > 0) return false;
    const heardAt = session.activeAt + activityStepMs(session.minTtlMs);
    return at - heardAt >= allowedSilenceMs(state, session.agentId);
  }
}

function ofTheDead({ state, at }: Look, session: SessionRow): readonly Finding[] {
  const { sessionId, agentId } = session;
  const [lease] = state.leases.in('session', sessionId);
  const resources = firstResources(state.leases.in('session', sessionId));
  if (lease === undefined && state.tickets.countIn('session', sessionId) > 0) return [];
  const id =
    lease === undefined
      ? findingId({ code: 'leftover_session', subject: agentId, ref: sessionId })
      : findingId({ code: 'dead_holder', subject: lease.resource, ref: lease.token });
  const holds = lease === undefined ? '' : ` It holds ${namesText(resources)}, which nobody waits for.`;
  const tokens = [...state.leases.in('session', sessionId)].map(({ token }) => String(token));
  return [
    {
      id,
      code: lease === undefined ? 'leftover_session' : 'dead_holder',
      severity: lease === undefined ? 'info' : 'warning',
      message: `The process of ${agentId} is gone and its session is still open.${holds}`,
      evidence: [goneText(session), heardSentence(session, at)],
      agents: [agentId],
      resources,
      action: { kind: 'close_session', who: 'agent', sessionId, means: closeMeans(session) },
      others: [],
      next: 'Close it. Whoever works in this fleet on this host does so within a second.',
      since: session.activeAt,
      sessions: [sessionId],
      behind: 0,
      refs: lease === undefined ? [sessionId] : tokens,
    },
  ];
}

function silentSession(look: Look, session: SessionRow): Finding {
  const { state, at } = look;
  const { sessionId, agentId } = session;
  const resources = firstResources(state.leases.in('session', sessionId));
  const holds = resources.length === 0 ? 'holds nothing' : `holds ${namesText(resources)}`;
  return {
    id: findingId({ code: 'leftover_session', subject: agentId, ref: sessionId }),
    code: 'leftover_session',
    severity: 'info',
    message: `Nothing was heard of ${agentId} for ${durationText(at - session.activeAt)}; its session is open still and ${holds}.`,
    evidence: [
      unseenText(look, session),
      `${durationText(allowedSilenceMs(state, agentId))} of silence are allowed (silentSessionMs).`,
    ],
    agents: [agentId],
    resources,
    action: { kind: 'close_session', who: 'operator', sessionId, means: `close the session of ${agentId}` },
    others: [],
    next: 'If nobody works under that name any more, an operator may close it.',
    since: session.activeAt,
    sessions: [sessionId],
    behind: 0,
    refs: [sessionId],
  };
}

function firstResources(leases: Iterable<{ readonly resource: string }>): readonly string[] {
  const resources: string[] = [];
  for (const { resource } of leases) {
    resources.push(resource);
    if (resources.length >= RESOURCES) break;
  }
  return resources;
}

const RESOURCES = 100;

/** Somebody asked for the id of an agent that is at work in the same folder, and works on as its sibling. */
function identityCollisions({ state }: Look): readonly Finding[] {
  const found: Finding[] = [];
  for (const session of state.sessions.in('live', 'live')) {
    if (found.length >= SHOWN) break;
    const base = /^(.+)_(\d+)$/.exec(session.agentId)?.[1];
    if (base === undefined || !isNamed(session.agentId) || !isNamed(base)) continue;
    const twin = [...state.sessions.in('liveAgent', base)].find(({ root }) => root === session.root);
    if (twin !== undefined) found.push(collision(session, twin));
  }
  return found;

  function isNamed(agentId: string): boolean {
    return state.agents.get(agentId)?.named === true;
  }
}

function collision(session: SessionRow, twin: SessionRow): Finding {
  const { agentId, root } = session;
  return {
    id: findingId({ code: 'identity_collision', subject: twin.agentId, ref: agentId }),
    code: 'identity_collision',
    severity: 'info',
    message: `Two work under the name ${twin.agentId} in one folder: the second was named ${agentId}.`,
    evidence: [twin, session].map(
      (each) => `${each.agentId}: ${oneLine(each.client, 60)}, ${processesText(each)}, in ${oneLine(root)}.`,
    ),
    agents: [twin.agentId, agentId],
    resources: [],
    action: null,
    others: [],
    next: 'Give each client a name or a purpose of its own (--agent, --purpose), so that people can tell them apart.',
    since: session.openedAt,
    sessions: [twin.sessionId, session.sessionId],
    behind: 0,
    refs: [agentId],
  };
}

function sentence(text: string): string {
  const line = oneLine(text, 500);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
