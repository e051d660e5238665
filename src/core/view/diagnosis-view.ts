// A diagnosis as plain data, with the part of the wait-for graph that belongs to it.
//
// What is due counts as settled: the next decision of anybody settles it first, and whoever acts on a finding would meet the
// fleet like that.

import { type Diagnosis, diagnose, type Subject } from '../diagnosis/diagnose.ts';
import type { Action, Finding } from '../diagnosis/finding.ts';
import { settleDue } from '../due.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { Ledger } from '../ledger.ts';
import type { ActionView, DiagnosisView, FindingView, PresenceOf, Query } from './views.ts';
import { ticketsByArrival } from './waiter-view.ts';
import { waitsAmong } from './waits-view.ts';

type DiagnosisQuery = Extract<Query, { kind: 'diagnosis' }>;

export function diagnosisView(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  query: DiagnosisQuery,
): DiagnosisView {
  const settled = settledState(state, at);
  const { store = null, desk = null, caveats = [] } = query.own ?? {};
  const own = { store, desk, caveats };
  const diagnosis = diagnose({ state: settled, at, presence, own }, subjectOf(query));
  const { findings, leftOut, summary, looked } = diagnosis;
  return {
    findings: findings.map((finding) => findingView(finding, at)),
    leftOut,
    summary,
    looked,
    waits: waitsOf(settled, at, presence, diagnosis),
  };
}

function subjectOf({ resource, agentId }: DiagnosisQuery): Subject | null {
  if (resource !== undefined) return { kind: 'resource', resource };
  return agentId === undefined ? null : { kind: 'agent', agentId };
}

function settledState(state: FleetState, at: Instant): FleetState {
  const ledger = new Ledger(state, { at, wallAt: state.position.wallAt }, 'brigade', '');
  settleDue(ledger);
  return ledger.state;
}

function findingView(finding: Finding, at: Instant): FindingView {
  const { id, code, severity, message, evidence, agents, resources, next, since, behind } = finding;
  const { action } = finding;
  return {
    id,
    code,
    severity,
    message,
    evidence,
    agents: agents.slice(0, NAMES),
    resources: resources.slice(0, NAMES),
    action: action === null ? null : actionView(action),
    others: finding.others.map(actionView),
    next,
    forMs: since === null ? null : Math.max(0, at - since),
    behind,
  };
}

function actionView(action: Action): ActionView {
  const { kind, means, who } = action;
  const to = action.kind === 'hand_over' ? action.waits.slice(0, NAMES).map(({ agentId }) => agentId) : [];
  return { kind, means, who, to };
}

/** Agents and resources that one finding names. */
const NAMES = 50;

function waitsOf(
  state: FleetState,
  at: Instant,
  presence: PresenceOf,
  { concerned }: Pick<Diagnosis, 'concerned'>,
): DiagnosisView['waits'] {
  const tickets = ticketsByArrival(state);
  if (concerned === null) return waitsAmong(state, at, presence, tickets);
  const near = tickets.filter(({ sessionId }) => concerned.has(sessionId));
  const waits = waitsAmong(state, at, presence, near);
  const edges = waits.edges.filter(({ from }) => concerned.has(from.sessionId));
  return { ...waits, edges, suspected: [], broken: [] };
}
