// The wait-for graph as it is drawn: whoever is waited for, with what is wanted of it; whoever waits; and who of them stand for
// many. What a wait is, the server says; here is only which of it is shown in which place.

import type { SpokenWaiter, SpokenWaits } from '../../data/types.ts';

type Edge = SpokenWaits['edges'][number];

/** What others want of a node, as a row of its card. */
export interface Port {
  readonly resource: string;
  readonly waiting: number;
}

export interface GraphNode {
  /** Of the session; of a crowd, of what it waits for. */
  readonly id: string;
  readonly agentId: string;
  readonly ports: readonly Port[];
  /** Ports that its card has no room for. */
  readonly portsLeftOut: number;
  /** What it waits for in line. */
  readonly waits: readonly SpokenWaiter[];
  /** It asks again and again, without standing in line. */
  readonly isAsking: boolean;
  /** The sessions it stands for: all wait for the same, and nobody waits for them. Null: it is one. */
  readonly crowd: readonly Member[] | null;
  readonly isInCycle: boolean;
  /** How long ago a wait of it was ended to break a deadlock; null where none was. */
  readonly gaveWayAgoMs: number | null;
}

export interface Member {
  readonly sessionId: string;
  readonly agentId: string;
}

export interface GraphLink {
  readonly id: string;
  /** Waits. */
  readonly from: string;
  /** Is waited for. */
  readonly to: string;
  readonly resource: string;
  readonly kind: Edge['kind'];
  readonly ageMs: number;
  readonly isInCycle: boolean;
}

export interface WaitGraph {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  /** In which node each session is. */
  readonly nodeOf: ReadonlyMap<string, string>;
}

/** So many waiters of one kind are drawn one by one; more become a crowd behind the first of them. */
const ALONE_MAX = 6;
const FIRST_OF_CROWD = 4;
const PORTS_MAX = 8;

export function waitGraphOf({ edges, waiters, broken }: SpokenWaits): WaitGraph {
  const drawn = drawnEdges(edges);
  const byTicket = new Map(waiters.map((waiter) => [waiter.ticket, waiter]));
  const sessions = sessionsOf(drawn, byTicket);
  const ring = cyclesOf(drawn);
  const gaveWay = new Map<string, number>();
  for (const { victim, agoMs } of broken.toReversed()) gaveWay.set(victim.sessionId, agoMs);
  const crowds = crowdsOf(drawn, { sessions, isKept: (id) => ring.has(id) || gaveWay.has(id) });
  const nodeOf = new Map([...sessions.keys()].map((id) => [id, crowds.get(id)?.id ?? id]));

  const links = new Map<string, GraphLink>();
  for (const edge of drawn) {
    const from = nodeOf.get(edge.from.sessionId) ?? edge.from.sessionId;
    const to = nodeOf.get(edge.to.sessionId) ?? edge.to.sessionId;
    const id = `${from} ${to} ${edge.kind} ${edge.resource}`;
    const isInCycle = ring.has(edge.from.sessionId) && ring.get(edge.from.sessionId) === ring.get(edge.to.sessionId);
    const ageMs = Math.max(edge.ageMs, links.get(id)?.ageMs ?? 0);
    links.set(id, { id, from, to, resource: edge.resource, kind: edge.kind, ageMs, isInCycle });
  }
  const ports = portsOf(drawn);
  const asking = new Set(drawn.filter(({ kind }) => kind === 'retry').map(({ from }) => from.sessionId));
  const nodes = new Map<string, GraphNode>();
  for (const [sessionId, { agentId, waits }] of sessions) {
    const crowd = crowds.get(sessionId);
    if (crowd !== undefined && nodes.has(crowd.id)) continue;
    const wanted = ports.get(sessionId) ?? [];
    nodes.set(crowd?.id ?? sessionId, {
      id: crowd?.id ?? sessionId,
      agentId,
      ports: wanted.slice(0, PORTS_MAX),
      portsLeftOut: Math.max(0, wanted.length - PORTS_MAX),
      waits: [...waits],
      isAsking: asking.has(sessionId),
      crowd:
        crowd?.members.map((member) => ({ sessionId: member, agentId: sessions.get(member)?.agentId ?? member })) ??
        null,
      isInCycle: ring.has(sessionId),
      gaveWayAgoMs: gaveWay.get(sessionId) ?? null,
    });
  }
  return { nodes: [...nodes.values()], links: [...links.values()], nodeOf };
}

/** A place behind somebody in line follows from what both wait for, where that is held by somebody. */
function drawnEdges(edges: readonly Edge[]): readonly Edge[] {
  const held = new Set(edges.filter(({ kind }) => kind === 'hold').map(waitKey));
  return edges.filter(
    (edge) => edge.from.sessionId !== edge.to.sessionId && (edge.kind !== 'line' || !held.has(waitKey(edge))),
  );
}

function waitKey({ from, resource }: Edge): string {
  return `${from.ticket ?? from.sessionId} ${resource}`;
}

interface Session {
  readonly agentId: string;
  readonly waits: Set<SpokenWaiter>;
}

function sessionsOf(edges: readonly Edge[], byTicket: ReadonlyMap<string, SpokenWaiter>): ReadonlyMap<string, Session> {
  const sessions = new Map<string, Session>();
  for (const { from, to } of edges) {
    for (const { sessionId, agentId, ticket } of [from, to]) {
      const session = sessions.get(sessionId) ?? { agentId, waits: new Set() };
      sessions.set(sessionId, session);
      const waiter = ticket === null ? undefined : byTicket.get(ticket);
      if (waiter !== undefined) session.waits.add(waiter);
    }
  }
  return sessions;
}

function portsOf(edges: readonly Edge[]): ReadonlyMap<string, readonly Port[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const { to, resource } of edges) {
    const own = counts.get(to.sessionId) ?? new Map<string, number>();
    counts.set(to.sessionId, own);
    own.set(resource, (own.get(resource) ?? 0) + 1);
  }
  return new Map(
    [...counts].map(([id, own]) => [id, [...own].map(([resource, waiting]) => ({ resource, waiting }))] as const),
  );
}

interface Crowd {
  readonly id: string;
  readonly members: string[];
}

/** Sessions for which nobody waits and that wait for the same: all but the first of many are one crowd. */
function crowdsOf(
  edges: readonly Edge[],
  { sessions, isKept }: { readonly sessions: ReadonlyMap<string, Session>; readonly isKept: (id: string) => boolean },
): ReadonlyMap<string, Crowd> {
  const wanted = new Set(edges.map(({ to }) => to.sessionId));
  const reasons = new Map<string, string[]>();
  for (const { from, to, resource, kind } of edges) {
    if (wanted.has(from.sessionId) || isKept(from.sessionId)) continue;
    const own = reasons.get(from.sessionId) ?? [];
    reasons.set(from.sessionId, own);
    own.push(`${to.sessionId} ${kind} ${resource}`);
  }
  const alike = new Map<string, string[]>();
  for (const [sessionId, own] of reasons) {
    const reason = own.toSorted().join('\n');
    const known = alike.get(reason) ?? [];
    alike.set(reason, known);
    known.push(sessionId);
  }
  const crowds = new Map<string, Crowd>();
  for (const [reason, ids] of alike) {
    if (ids.length <= ALONE_MAX) continue;
    const members = ids.toSorted((a, b) => placeOf(sessions.get(a)) - placeOf(sessions.get(b))).slice(FIRST_OF_CROWD);
    const crowd = { id: `crowd ${reason}`, members };
    for (const id of members) crowds.set(id, crowd);
  }
  return crowds;
}

function placeOf(session: Session | undefined): number {
  return Math.min(...[...(session?.waits ?? [])].map(({ position }) => position));
}

/** Sessions that wait for one another in a circle, by the number of their circle. A place in line closes none. */
function cyclesOf(edges: readonly Edge[]): ReadonlyMap<string, number> {
  const next = new Map<string, string[]>();
  for (const { from, to, kind } of edges) {
    if (kind === 'line') continue;
    const own = next.get(from.sessionId) ?? [];
    next.set(from.sessionId, own);
    own.push(to.sessionId);
  }
  return circlesOf(next);
}

/** Strongly connected parts of more than one, after Tarjan; without recursion, because a line may be long. */
export function circlesOf(next: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const circles = new Map<string, number>();
  let circle = 0;
  const enter = (id: string) => {
    index.set(id, index.size);
    low.set(id, index.size - 1);
    open.push(id);
    isOpen.add(id);
    return { id, targets: (next.get(id) ?? []).values() };
  };
  const lower = (id: string, to: number): void => {
    low.set(id, Math.min(low.get(id) ?? to, to));
  };
  const leave = (id: string): void => {
    if (low.get(id) !== index.get(id)) return;
    const part = open.splice(open.lastIndexOf(id));
    for (const each of part) isOpen.delete(each);
    if (part.length === 1) return;
    circle += 1;
    for (const each of part) circles.set(each, circle);
  };
  for (const start of next.keys()) {
    if (index.has(start)) continue;
    const path = [enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { value: target, done } = top.targets.next();
      if (done === true) {
        path.pop();
        leave(top.id);
        const parent = path.at(-1);
        if (parent !== undefined) lower(parent.id, low.get(top.id) ?? 0);
      } else if (!index.has(target)) path.push(enter(target));
      else if (isOpen.has(target)) lower(top.id, index.get(target) ?? 0);
    }
  }
  return circles;
}

/** Everybody on the chains that lead to `id` and away from it, itself included. */
export function chainOf({ links }: WaitGraph, id: string): ReadonlySet<string> {
  const ahead = new Map<string, string[]>();
  const behind = new Map<string, string[]>();
  for (const { from, to } of links) {
    (ahead.get(from) ?? ahead.set(from, []).get(from))?.push(to);
    (behind.get(to) ?? behind.set(to, []).get(to))?.push(from);
  }
  return new Set([...reach(ahead, id), ...reach(behind, id)]);
}

function reach(next: ReadonlyMap<string, readonly string[]>, start: string): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const id of seen) for (const each of next.get(id) ?? []) seen.add(each);
  return seen;
}
