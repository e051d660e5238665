// Folds what was imported. The record is kept for good; the agent of a new id is registered as the record says, and one that
// the fleet knows keeps what it is: what another system thought of it is no command here.

import type { EventAmong, EventOf, Lifecycle } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import type { AgentRow, ImportRow } from '../rows.ts';

export const IMPORT_EVENTS = ['agent.imported', 'history.imported'] as const;

type ImportEvent = EventAmong<(typeof IMPORT_EVENTS)[number]>;

/** What an agent is registered by that is known only from another system. */
const IMPORT_CLIENT = 'import';

export function applyImportEvent(state: FleetState, event: ImportEvent): void {
  const agentId = event.agentId ?? '';
  const isNew = isNewToImport(state, agentId);
  const known = state.imports.get(agentId) ?? nothingImported(agentId);
  const { source, seq, wallAt } = event;
  const since: ImportRow = { ...known, source, seq, wallAt };
  if (event.type === 'agent.imported') {
    if (isNew) state.agents.set(importedAgent(agentId, event, state.agents.get(agentId)));
    state.imports.set({ ...since, record: event.record, recordDigest: event.digest });
    return;
  }
  if (state.agents.get(agentId) === undefined) state.agents.set(unknownAgent(agentId, event));
  state.imports.set({ ...since, lines: event.after + event.rows.length, linesDigest: event.digest });
}

/** Nobody of this id was registered; or only lines of its history are known, and nothing became of it since. */
export function isNewToImport(state: FleetState, agentId: string): boolean {
  const agent = state.agents.get(agentId);
  if (agent === undefined) return true;
  const hasOnlyLines = state.imports.get(agentId)?.record === null;
  return hasOnlyLines && agent.client === IMPORT_CLIENT && agent.sessions === 0 && agent.change === null;
}

/** Nothing was said of it but what it did. */
function unknownAgent(agentId: string, { seq, at, wallAt }: ImportEvent): AgentRow {
  return {
    agentId,
    client: IMPORT_CLIENT,
    purpose: null,
    tags: [],
    notes: '',
    lifecycle: 'active',
    named: true,
    registeredSeq: seq,
    registeredWallAt: wallAt,
    lastSessionId: null,
    sessions: 0,
    seenAt: at,
    hasCheckedIn: false,
    pause: null,
    change: null,
  };
}

/** `known`: what there was of it with its lines. It may have been written to since then. */
function importedAgent(agentId: string, event: EventOf<'agent.imported'>, known: AgentRow | undefined): AgentRow {
  const { lifecycle, tags, notes, createdWallAt, wallAt, seq } = event;
  const registeredSeq = known?.registeredSeq ?? seq;
  const base = { ...unknownAgent(agentId, event), registeredSeq, lifecycle, tags, notes };
  return { ...base, registeredWallAt: createdWallAt ?? wallAt, ...becameOf(lifecycle, event) };
}

function becameOf(lifecycle: Lifecycle, event: EventOf<'agent.imported'>): Pick<AgentRow, 'pause' | 'change'> {
  if (lifecycle === 'active') return { pause: null, change: null };
  const { seq, at, wallAt, actor } = event;
  const reason = `Imported as ${lifecycle}.`;
  const change = { seq, at, wallAt, actor, by: 'operator', reason } as const;
  return { change, pause: lifecycle === 'paused' ? { ...change, reasons: [], leases: 'keep' } : null };
}

function nothingImported(agentId: string): ImportRow {
  return { agentId, source: '', record: null, recordDigest: null, seq: 0, wallAt: '', lines: 0, linesDigest: null };
}
