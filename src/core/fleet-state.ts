// The state of a fleet: tables, and where in the log it stands. A `FleetState` is either merged state, which owns its
// tables, or a draft over another state, which holds only what changed.

import sortedBtree from 'sorted-btree';
import { lookAlikeKey } from './agent/agent-id.ts';
import { agentDeadline } from './agent/deadline.ts';
import { originsOf } from './agent/origin.ts';
import { causeKey } from './alert/alert.ts';
import { quietDeadline } from './incident/quiet.ts';
import { isInLine } from './lease/conflict.ts';
import { conflictBuckets, conflictSortKeys, ownBucket } from './lease/conflict-index.ts';
import { earliestExpiry } from './lease/expiry.ts';
import type {
  AgentRow,
  AlertRow,
  CheckInRow,
  ConductRow,
  DeliveryRow,
  EndedTicketRow,
  FleetRow,
  HandoffRow,
  ImportRow,
  IncidentRow,
  LeaseRow,
  LineRow,
  MailboxRow,
  MessageRow,
  NoticeRow,
  PlaceRow,
  RefusalRow,
  RequestRow,
  SessionRow,
  StateEntryRow,
  TargetRow,
  TellingRow,
  TicketRow,
} from './rows.ts';
import { sessionDeadline } from './session/silence.ts';
import { BaseTable, OverlayTable, type SortedKeys, type Table, type TableSpec } from './table.ts';

interface Rows {
  agents: AgentRow;
  sessions: SessionRow;
  leases: LeaseRow;
  tickets: TicketRow;
  endedTickets: EndedTicketRow;
  handoffs: HandoffRow;
  requests: RequestRow;
  entries: StateEntryRow;
  refusals: RefusalRow;
  notices: NoticeRow;
  places: PlaceRow;
  lines: LineRow;
  conduct: ConductRow;
  checkIns: CheckInRow;
  messages: MessageRow;
  mailboxes: MailboxRow;
  imports: ImportRow;
  alerts: AlertRow;
  incidents: IncidentRow;
  deliveries: DeliveryRow;
  targets: TargetRow;
  tellings: TellingRow;
}

export type TableName = keyof Rows;
export type Tables = { readonly [N in TableName]: Table<Rows[N]> };

/** Where a state stands in its log. */
export interface Position {
  readonly epoch: number;
  readonly seq: number;
  readonly at: number;
  readonly wallAt: string;
}

const NONE: readonly string[] = [];

const SPECS: { readonly [N in TableName]: TableSpec<Rows[N]> } = {
  agents: {
    name: 'agents',
    keyOf: (row) => row.agentId,
    indexes: {
      lookAlike: (row) => [lookAlikeKey(row.agentId)],
      paused: (row) => (row.lifecycle === 'paused' ? ['paused'] : []),
    },
    deadlineOf: agentDeadline,
  },
  sessions: {
    name: 'sessions',
    keyOf: (row) => row.sessionId,
    indexes: {
      agent: (row) => [row.agentId],
      liveAgent: (row) => (row.state === 'live' ? [row.agentId] : []),
      live: (row) => (row.state === 'live' ? ['live'] : []),
      ended: (row) => (row.state === 'live' ? [] : ['ended']),
      handle: (row) => [row.handleHash],
      place: (row) => (row.state === 'live' ? [...new Set(row.attachments.map((each) => each.placeId))] : []),
      origin: originsOf,
    },
    deadlineOf: sessionDeadline,
  },
  leases: {
    name: 'leases',
    keyOf: (row) => String(row.token),
    indexes: {
      session: (row) => [row.sessionId],
      own: (row) => [ownBucket(row.sessionId, row.resource)],
      exact: (row) => conflictBuckets([row.resource], 'exact'),
      wide: (row) => conflictBuckets([row.resource], 'wide'),
    },
    deadlineOf: earliestExpiry,
    sortKeysOf: (row) => conflictSortKeys([row.resource]),
  },
  tickets: {
    name: 'tickets',
    keyOf: (row) => row.ticket,
    indexes: {
      session: (row) => [row.sessionId],
      exact: (row) => conflictBuckets(row.resources, 'exact'),
      wide: (row) => conflictBuckets(row.resources, 'wide'),
      // All who ask for just this, in the order in which they came; and who of them counts in another way than the others.
      line: (row) => row.resources,
      offered: (row) => (row.state === 'offered' ? row.resources : NONE),
      idle: (row) => (row.state === 'waiting' && !isInLine(row) ? row.resources : NONE),
      passing: (row) => row.passes,
      revived: (row) => (row.revived ? ['revived'] : []),
      lapsed: (row) => (row.lapses > 0 ? ['lapsed'] : []),
    },
    deadlineOf: (row) => Math.min(row.livesUntil, row.offeredUntil ?? Number.POSITIVE_INFINITY),
    sortKeysOf: (row) => conflictSortKeys(row.resources),
  },
  endedTickets: { name: 'endedTickets', keyOf: (row) => row.ticket, indexes: {} },
  handoffs: {
    name: 'handoffs',
    keyOf: (row) => row.offer,
    indexes: { to: (row) => [row.to], from: (row) => [row.fromSessionId] },
    deadlineOf: (row) => row.until,
  },
  requests: { name: 'requests', keyOf: (row) => row.key, indexes: { scope: (row) => [row.scope] } },
  entries: { name: 'entries', keyOf: (row) => row.key, indexes: {}, sortKeysOf: (row) => [row.key] },
  refusals: {
    name: 'refusals',
    keyOf: (row) => row.key,
    indexes: { session: (row) => [row.sessionId] },
  },
  notices: { name: 'notices', keyOf: (row) => row.sessionId, indexes: {} },
  places: { name: 'places', keyOf: (row) => row.placeId, indexes: {} },
  lines: { name: 'lines', keyOf: (row) => row.line, indexes: {}, deadlineOf: (row) => row.at },
  conduct: { name: 'conduct', keyOf: (row) => row.agentId, indexes: {} },
  checkIns: { name: 'checkIns', keyOf: (row) => row.checkInId, indexes: {} },
  messages: {
    name: 'messages',
    keyOf: (row) => row.messageId,
    indexes: {
      to: (row) => [row.to],
      lease: (row) => (row.lease === null ? [] : [String(row.lease.token)]),
    },
  },
  mailboxes: { name: 'mailboxes', keyOf: (row) => row.agentId, indexes: {} },
  imports: { name: 'imports', keyOf: (row) => row.agentId, indexes: {} },
  alerts: {
    name: 'alerts',
    keyOf: (row) => String(row.alert),
    indexes: {
      cause: (row) => (row.closed === null ? [causeKey(row)] : []),
      open: (row) => (row.closed === null ? ['open'] : []),
      silenced: (row) => (row.silenced === null ? [] : [causeKey(row)]),
    },
  },
  incidents: {
    name: 'incidents',
    keyOf: (row) => String(row.incident),
    indexes: {
      open: (row) => (row.closed === null ? ['open'] : []),
      agent: (row) => (row.closed === null ? row.agents : []),
      exact: (row) => (row.closed === null ? conflictBuckets(row.resources, 'exact') : []),
      wide: (row) => (row.closed === null ? conflictBuckets(row.resources, 'wide') : []),
    },
    deadlineOf: quietDeadline,
    sortKeysOf: (row) => (row.closed === null ? conflictSortKeys(row.resources) : []),
  },
  deliveries: {
    name: 'deliveries',
    keyOf: (row) => row.key,
    indexes: {
      open: (row) => (row.state === 'open' ? [row.target] : []),
      dead: (row) => (row.state === 'dead' ? [row.target] : []),
    },
  },
  targets: { name: 'targets', keyOf: (row) => row.name, indexes: {} },
  tellings: { name: 'tellings', keyOf: (row) => row.subject, indexes: {} },
};

export const TABLE_NAMES = Object.keys(SPECS) as readonly TableName[];

export interface FleetState extends Tables {
  /** Null before the log was founded. */
  fleet: FleetRow | null;
  position: Position;
}

const BEFORE_ANYTHING: Position = { epoch: 0, seq: 0, at: 0, wallAt: '1970-01-01T00:00:00.000Z' };

/** An empty state that owns its tables. */
export function emptyState(): FleetState {
  return { ...tablesOf((spec) => new BaseTable(spec, sortedKeys())), fleet: null, position: BEFORE_ANYTHING };
}

/** A draft over `parent`: reads through, writes aside. */
export function forkState(parent: FleetState): FleetState {
  const tables = {} as Record<TableName, unknown>;
  for (const name of TABLE_NAMES) tables[name] = new OverlayTable(parent[name] as Table<object>);
  return { ...(tables as unknown as Tables), fleet: parent.fleet, position: parent.position };
}

/** Makes `parent` what `draft` shows. `draft` must have been forked from `parent` and not be used afterwards. */
export function mergeState(parent: FleetState, draft: FleetState): void {
  for (const name of TABLE_NAMES) (draft[name] as unknown as OverlayTable<object>).mergeIntoParent();
  parent.fleet = draft.fleet;
  parent.position = draft.position;
}

/** The rows of one table that a draft changed. */
export function changesOf<N extends TableName>(
  draft: FleetState,
  name: N,
): ReturnType<OverlayTable<Rows[N]>['changes']> {
  return (draft[name] as unknown as OverlayTable<Rows[N]>).changes();
}

/** Replaces everything that `state`, which owns its tables, holds. */
export function replaceState(state: FleetState, fresh: FleetState): void {
  Object.assign(state, fresh);
}

function tablesOf(make: <Row extends object>(spec: TableSpec<Row>) => Table<Row>): Tables {
  const tables = {} as Record<TableName, unknown>;
  for (const name of TABLE_NAMES) tables[name] = make(SPECS[name] as unknown as TableSpec<object>);
  return tables as unknown as Tables;
}

function sortedKeys(): SortedKeys {
  const tree = new sortedBtree.default<string, undefined>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    add: (key) => void tree.set(key, undefined),
    delete: (key) => void tree.delete(key),
    range: (from, to) => {
      const found: string[] = [];
      tree.forRange(from, to, false, (key) => void found.push(key));
      return found;
    },
  };
}
