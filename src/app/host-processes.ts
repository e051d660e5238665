// The processes of Brigade on this host, as one fleet knows them: those at the desk, by what the desk tells, and those that
// act for a session, by what the log tells; one row for a process that both know. Looking ends nobody and registers nobody.
//
//   desk     serves the others
//   client   asks the desk
//   direct   writes the log itself: there is no desk, or it does not use one
//   unknown  there is a desk, and it does not tell this process who is at it
//
// A process that neither asked the desk nor changed anything is not known to anybody.

import type { AgentView, Page, SessionProcess, SessionView } from '../core/view/views.ts';
import type { ProcessEvidence, ProcessTable } from '../ports/process-table.ts';
import type { Coordinator } from './coordinator.ts';
import type { DeskRole } from './desk/host-coordinator.ts';
import type { GuestRow } from './desk/protocol.ts';
import { orphanedBecause } from './starter.ts';

export interface HostProcess {
  readonly pid: number;
  readonly role: 'desk' | 'client' | 'direct' | 'unknown';
  /** `mcp`, `serve`, `cli`, `run`, `library`. */
  readonly kind: string;
  /** The client that it serves, where that is known. */
  readonly client: string | null;
  /** Agents that it acts for. */
  readonly agents: readonly string[];
  /** Null where only the log knows it, as are the three below. */
  readonly version: string | null;
  /** At the desk; of the desk itself, since it opened. */
  readonly connectedForMs: number | null;
  /** Since its last message at the desk; null for the desk itself too. */
  readonly idleForMs: number | null;
  /** Calls that it waits for; null for the desk itself too. */
  readonly calls: number | null;
  readonly state: 'alive' | 'stopped';
  readonly startedBy: { readonly pid: number; readonly name: string } | null;
  readonly orphan: boolean;
  /** How that is known. */
  readonly orphanBecause: string | null;
}

export interface HostProcesses {
  /** The desk first, then by pid. */
  readonly rows: readonly HostProcess[];
  /** Why this process cannot ask the desk that there is; null where it can, where there is none, or it did not look. */
  readonly why: Extract<DeskRole, { role: 'alone' }>['why'];
}

/** A coordinator that may be at a desk. */
interface DeskCoordinator extends Pick<Coordinator, 'view'> {
  role(): DeskRole;
  deskGuests(): Promise<readonly GuestRow[] | null>;
}

export interface ProcessSources {
  readonly coordinator: DeskCoordinator;
  readonly processes: ProcessTable;
  readonly placeId: string;
  /** The process that looks; it is left out. */
  readonly ownPid: number;
}

const PAGE = 1_000;

/** Rejects with a `StoreFault` when the log cannot be read. */
export async function hostProcesses(sources: ProcessSources): Promise<HostProcesses> {
  const { coordinator, processes, placeId, ownPid } = sources;
  const guests = await coordinator.deskGuests();
  const acting = actingIn(await sessionsOf(coordinator), placeId);
  const role = coordinator.role();
  const alone = role.role === 'alone' ? role.why : null;
  // Without a desk everybody is known to write directly; a desk that is closed to us may serve any of them.
  const isOpen = guests !== null || alone?.why !== 'gone';
  const isDirect = guests !== null || !isOpen;
  const atDesk = (guests ?? []).map((guest) => seenAtDesk(guest, acting, processes));
  const known = new Set(atDesk.map(nameOf));
  const others = acting
    .filter((each) => each.isOwn && !known.has(nameOf(each)))
    .map((each) => seenInLog(each, isDirect ? 'direct' : 'unknown'));
  const found = [...atDesk, ...others].filter((each) => each.pid !== ownPid);
  const states = await processes.judgeMany(found);
  const rows = found.flatMap(({ row, starter }, i) => {
    const state = states[i];
    if (state === undefined || state === 'dead') return [];
    const orphanBecause = orphanedBecause(row.pid, starter, processes);
    const startedBy = starter === null ? null : { pid: starter.pid, name: starter.name };
    return [{ ...row, state, startedBy, orphan: orphanBecause !== null, orphanBecause }];
  });
  return { rows: rows.toSorted((a, b) => rankOf(a) - rankOf(b) || a.pid - b.pid), why: isOpen ? alone : null };
}

interface Seen extends ProcessEvidence {
  readonly row: Omit<HostProcess, 'state' | 'startedBy' | 'orphan' | 'orphanBecause'>;
  readonly starter: GuestRow['startedBy'];
}

/** A process of this place that sessions live by. */
interface Acting extends ProcessEvidence {
  readonly kind: string;
  readonly client: string;
  readonly agents: readonly string[];
  /** It is one of Brigade; a session of a shell lives by the shell. */
  readonly isOwn: boolean;
}

function seenAtDesk(guest: GuestRow, acting: readonly Acting[], processes: ProcessTable): Seen {
  const { pid, startTime, isDesk } = guest;
  const own = acting.find((each) => nameOf(each) === nameOf(guest));
  const actor = own ?? actorAbove(guest, acting, processes);
  const row = {
    pid,
    role: isDesk ? ('desk' as const) : ('client' as const),
    kind: own?.kind ?? guest.kind,
    client: own?.client ?? guest.client,
    agents: actor?.agents ?? [],
    version: guest.version,
    connectedForMs: Math.round(guest.connectedMs),
    idleForMs: isDesk ? null : Math.round(guest.idleMs),
    calls: isDesk ? null : guest.calls,
  };
  return { pid, startTime, row, starter: guest.startedBy };
}

/** A command acts for the session of the shell, or of the client, that it was typed in. */
function actorAbove({ pid, kind }: GuestRow, acting: readonly Acting[], processes: ProcessTable): Acting | undefined {
  if (kind !== 'cli') return undefined;
  const names = new Set(processes.ancestorsOf(pid).map(nameOf));
  return acting.find((each) => !each.isOwn && names.has(nameOf(each)));
}

function seenInLog({ pid, startTime, kind, client, agents }: Acting, role: HostProcess['role']): Seen {
  const untold = { version: null, connectedForMs: null, idleForMs: null, calls: null };
  return { pid, startTime, row: { pid, role, kind, client, agents, ...untold }, starter: null };
}

function actingIn(sessions: readonly SessionView[], placeId: string): readonly Acting[] {
  const acting = new Map<string, Acting>();
  for (const { agentId, client, processes } of sessions) {
    for (const process of processes.filter((each) => each.placeId === placeId)) {
      const before = acting.get(nameOf(process));
      const agents = [...new Set([...(before?.agents ?? []), agentId])];
      acting.set(nameOf(process), before === undefined ? actingOf(process, client, agents) : { ...before, agents });
    }
  }
  return [...acting.values()];
}

function actingOf({ pid, startTime, kind }: SessionProcess, client: string, agents: readonly string[]): Acting {
  return { pid, startTime, kind, client, agents, isOwn: kind !== 'cli' };
}

async function sessionsOf(coordinator: DeskCoordinator): Promise<readonly SessionView[]> {
  const sessions: SessionView[] = [];
  let after: string | null = null;
  do {
    const page: Page<AgentView> = await coordinator.view({
      kind: 'agents',
      limit: PAGE,
      ...(after === null ? {} : { cursor: after }),
    });
    for (const agent of page.items) sessions.push(...agent.sessions.filter(({ state }) => state === 'live'));
    after = page.cursor;
  } while (after !== null);
  return sessions;
}

function nameOf({ pid, startTime }: ProcessEvidence): string {
  return `${pid} ${startTime}`;
}

function rankOf({ role }: HostProcess): number {
  return role === 'desk' ? 0 : 1;
}
