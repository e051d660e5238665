// The record of a small drill in which everything went well, hand-made: four agents, one of each part. Tests take it and
// break one thing.

import type { FleetEvent } from '../../src/core/event.ts';
import { castOf, type Member, type Role } from '../../src/surface/cli/drill/cast.ts';
import type { JournalLine } from '../../src/surface/cli/drill/journal.ts';
import type { DrillRecord, PlayerRecord } from '../../src/surface/cli/drill/record.ts';
import {
  CORE_FILE,
  CORE_LINES,
  METADATA_FILE,
  type Metadata,
  SERVER_FILE,
  SERVER_LINES,
  STATE_KEY,
  sourceText,
  textOf,
  withSignature,
} from '../../src/surface/cli/drill/workspace-files.ts';

/** The host's clock when the drill began; fleet time began 1,000 ms before. */
export const START_MS = 50_000;
const ANCHOR_MS = START_MS - 1_000;
const WORKTREE = 'w1';
const KEY = `file:@${WORKTREE}/${METADATA_FILE}`;
const SPOKEN = `file:${METADATA_FILE}`;

const FROZEN = 'claude_chat_1';
const STEADY = 'composer_cursor_v1.0.3';
const RESCUE = 'claude_code_cli_discovery';
const KILLED = 'test_agent_1';

type Line = JournalLine extends infer L ? (L extends JournalLine ? Omit<L, 'atMs'> : never) : never;

/** A line `ms` after the start. */
function at(ms: number, line: Line): JournalLine {
  return { atMs: START_MS + ms, ...line };
}

/** Everything an agent notes when it makes an update in which nothing happens. */
function update(ms: number, number: number, token: number): JournalLine[] {
  return [
    at(ms, { what: 'asked', resources: [SPOKEN], update: number }),
    at(ms + 5, { what: 'granted', tokens: { [SPOKEN]: token }, update: number }),
    ...written(ms + 5, number, token),
  ];
}

function written(ms: number, number: number, token: number): JournalLine[] {
  return [
    at(ms + 1, { what: 'put', key: STATE_KEY, version: number, token, update: number }),
    at(ms + 1, { what: 'answered', tool: 'put_state', tookMs: 4 }),
    at(ms + 2, { what: 'entered', file: METADATA_FILE, token }),
    at(ms + 8, { what: 'left', file: METADATA_FILE, token }),
    at(ms + 8, { what: 'edited', file: METADATA_FILE, token, update: number }),
    at(ms + 9, { what: 'released', resources: [SPOKEN] }),
  ];
}

function registered(agentId: string, ms: number, warnings: readonly string[] = []): JournalLine {
  return at(ms, { what: 'registered', agentId, sessionId: `ses_${agentId}`, warnings });
}

function crossed(ms: number, first: string, second: string): JournalLine[] {
  return [
    at(ms, { what: 'asked', resources: [`file:${first}`], update: null }),
    at(ms + 2, { what: 'granted', tokens: { [`file:${first}`]: 91 }, update: null }),
    at(ms + 4, { what: 'asked', resources: [`file:${second}`], update: null }),
  ];
}

const journals: Readonly<Record<string, readonly JournalLine[]>> = {
  [FROZEN]: [
    registered(FROZEN, 100, ['claude_chat is a generic id that any agent might use, so you are claude_chat_1.']),
    ...Array.from({ length: 27 }, (_, i) => update(1_000 + 20 * i, i + 1, 20 + i)).flat(),
    at(2_000, { what: 'asked', resources: [SPOKEN], update: 28 }),
    at(2_005, { what: 'granted', tokens: { [SPOKEN]: 60 }, update: 28 }),
    ...['put_state', 'release_lock', 'acquire_lock'].map((tool, i) =>
      at(6_010 + i, { what: 'refused', tool, code: 'TOKEN_STALE', token: 60, message: 'Token 60 is old.', tookMs: 2 }),
    ),
    ...update(6_020, 28, 80),
    ...crossed(8_000, CORE_FILE, SERVER_FILE),
    at(8_030, { what: 'granted', tokens: { [`file:${SERVER_FILE}`]: 93 }, update: null }),
  ],
  [STEADY]: [
    registered(STEADY, 110),
    ...update(1_700, 1, 55),
    at(2_100, { what: 'asked', resources: [SPOKEN], update: 2 }),
    at(2_700, {
      what: 'queued',
      behind: [{ agentId: FROZEN, kind: 'holder', alive: 'stopped', heldForMs: 600, idleForMs: 600 }],
      position: 1,
      update: 2,
    }),
    at(4_520, { what: 'granted', tokens: { [SPOKEN]: 65 }, update: 2 }),
    ...written(4_520, 2, 65),
    at(7_000, { what: 'asked', resources: [SPOKEN], update: 3 }),
    at(7_450, { what: 'granted', tokens: { [SPOKEN]: 87 }, update: 3 }),
    ...written(7_450, 3, 87),
    ...crossed(8_000, SERVER_FILE, CORE_FILE),
    at(8_020, {
      what: 'refused',
      tool: 'acquire_lock',
      code: 'WAIT_ABORTED_DEADLOCK',
      token: null,
      message: `Waiting would never end: ${STEADY} waits for file:core, held by ${FROZEN}; ${FROZEN} waits for file:server, held by ${STEADY}.`,
      tookMs: 9,
    }),
  ],
  [RESCUE]: [
    registered(RESCUE, 4_600),
    at(4_640, { what: 'saw', sentences: ['4 agents are here.', 'Nothing is locked.'], tookMs: 12 }),
    ...update(4_700, 1, 70),
    ...update(4_750, 2, 71),
  ],
  [KILLED]: [
    registered(KILLED, 120, ['test_agent is a generic id that any agent might use, so you are test_agent_1.']),
    ...update(1_800, 1, 57),
    at(6_900, { what: 'asked', resources: [SPOKEN], update: 2 }),
    at(6_905, { what: 'granted', tokens: { [SPOKEN]: 83 }, update: 2 }),
  ],
};

/** Facts of an event besides its number and time. */
type Facts = Readonly<Record<string, unknown>> & { readonly type: FleetEvent['type'] };

/** `ms` counts from the start of the drill. */
function event(seq: number, ms: number, facts: Facts): FleetEvent {
  const wallAt = new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
  const head = { seq, at: 1_000 + ms, wallAt, version: 1, actor: 'brigade' };
  return { ...head, ...facts } as unknown as FleetEvent;
}

function granted(seq: number, ms: number, agentId: string, ticket: string | null = null): FleetEvent {
  const facts = { mode: 'exclusive', ttlMs: 2_000, path: ticket === null ? 'free' : 'promoted', ticket, reason: '' };
  return event(seq, ms, { type: 'lease.granted', agentId, resource: KEY, token: seq, ...facts });
}

function queued(seq: number, ms: number, agentId: string, ticket: string): FleetEvent {
  const facts = { ticket, resources: [KEY], mode: 'exclusive', ttlMs: 2_000, priority: 0, parkedUntil: 0, reason: '' };
  return event(seq, ms, { type: 'lease.queued', agentId, ...facts });
}

function marked(seq: number, ms: number, label: string, note: string): FleetEvent {
  return event(seq, ms, { type: 'drill.marked', label, note });
}

const events: readonly FleetEvent[] = [
  event(1, -900, { type: 'place.anchored', placeId: 'p', anchorAt: 0, anchorMonoMs: ANCHOR_MS, why: 'founding' }),
  granted(60, 2_004, FROZEN),
  marked(61, 2_011, '23:25', `${FROZEN} stands still`),
  queued(62, 2_102, STEADY, 't62'),
  event(64, 4_510, { type: 'lease.expired', agentId: FROZEN, resource: KEY, token: 60, lastUsedAt: 3_004 }),
  granted(65, 4_510, STEADY, 't62'),
  event(66, 4_510, { type: 'wait.ended', agentId: STEADY, ticket: 't62', outcome: 'granted', tokens: [65], cycle: [] }),
  marked(67, 4_550, '23:50', 'a rescue agent is sent in'),
  marked(75, 6_000, '23:52', `${FROZEN} goes on`),
  granted(80, 6_024, FROZEN),
  marked(82, 6_100, '00:25', `${STEADY} made 1 update meanwhile`),
  granted(83, 6_904, KILLED),
  queued(84, 7_002, STEADY, 't84'),
  event(85, 7_440, { type: 'session.lost', agentId: KILLED, sessionId: 's', evidence: 'process 7 (mcp) is gone' }),
  event(86, 7_440, { type: 'lease.dropped', agentId: KILLED, resource: KEY, token: 83, ending: 'session_lost' }),
  granted(87, 7_440, STEADY, 't84'),
  event(88, 7_440, { type: 'wait.ended', agentId: STEADY, ticket: 't84', outcome: 'granted', tokens: [87], cycle: [] }),
  marked(89, 7_800, '00:30', 'all there'),
  marked(90, 7_900, '01:00', 'two take two files'),
];

const MADE: Readonly<Record<string, number>> = { [FROZEN]: 28, [STEADY]: 3, [RESCUE]: 2, [KILLED]: 1 };

function player(agentId: string, role: Role): PlayerRecord {
  const member = castOf(4, () => 0).find((each) => each.role === role) as Member;
  const updates = { evening: MADE[agentId] ?? 0, frozen: 0, bereft: 0, late: 0 };
  const journal = journals[agentId] ?? [];
  return { member: { ...member, updates }, agentId, journal };
}

const players = [player(FROZEN, 'frozen'), player(STEADY, 'steady'), player(RESCUE, 'rescue'), player(KILLED, 'ended')];

/** What stands in the shared file when every edit of the journals is in it, in the order of tokens. */
function metadata(): Metadata {
  const edits = players
    .flatMap(({ agentId, journal }) =>
      journal.flatMap((line) =>
        line.what === 'edited' ? [{ agent: agentId ?? '', update: line.update, token: line.token }] : [],
      ),
    )
    .toSorted((a, b) => a.token - b.token);
  return { agents: {}, edits };
}

const puts = players.flatMap(({ journal }) => journal.filter(({ what }) => what === 'put')).length;
const signed = (text: string): string => withSignature(withSignature(text, 120, FROZEN), 140, STEADY);

export const goodMetadata: Metadata = metadata();

export const goodRecord: DrillRecord = {
  seed: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  startedMs: START_MS,
  endedMs: START_MS + 9_000,
  events,
  worktree: WORKTREE,
  players,
  signals: [
    { atMs: START_MS + 2_010, what: 'stopped', index: 0 },
    { atMs: START_MS + 6_005, what: 'resumed', index: 0 },
    { atMs: START_MS + 7_100, what: 'killed', index: 3 },
  ],
  files: {
    [METADATA_FILE]: textOf(goodMetadata),
    [CORE_FILE]: signed(sourceText(CORE_LINES)),
    [SERVER_FILE]: signed(sourceText(SERVER_LINES)),
  },
  state: { count: puts, version: puts },
  left: { leases: 0, waits: 0 },
  stoppedBy: null,
};

/** The journal of one agent changed; the rest of the record as it is. */
export function withJournal(
  record: DrillRecord,
  agentId: string,
  change: (journal: readonly JournalLine[]) => readonly JournalLine[],
): DrillRecord {
  const changed = record.players.map((each) =>
    each.agentId === agentId ? { ...each, journal: change(each.journal) } : each,
  );
  return { ...record, players: changed };
}
