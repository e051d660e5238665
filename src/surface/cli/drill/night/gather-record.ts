// What a drill leaves behind, gathered when everybody has left.

import type { Fleet } from '../../../../compose.ts';
import { type JournalLine, parseJournal } from '../journal.ts';
import type { CountedState, DrillRecord, PlayerRecord } from '../record.ts';
import type { LogWatch } from '../rehearsal/log-watch.ts';
import type { Player } from '../rehearsal/player.ts';
import { type Scratch, textIn } from '../rehearsal/scratch.ts';
import { CORE_FILE, METADATA_FILE, SERVER_FILE, STATE_KEY } from '../workspace-files.ts';

/** What the drill itself knows. */
interface Known extends Pick<DrillRecord, 'seed' | 'startedAt' | 'startedMs' | 'endedMs' | 'signals' | 'stoppedBy'> {
  /** The head of the log when it began. */
  readonly startedSeq: number;
  readonly stateBefore: CountedState;
}

interface Sources {
  readonly fleet: Fleet;
  readonly scratch: Scratch;
  readonly watch: LogWatch;
  readonly players: readonly Player[];
}

export async function gatherRecord(known: Known, { fleet, scratch, watch, players }: Sources): Promise<DrillRecord> {
  const { startedSeq, stateBefore, ...facts } = known;
  const left = await leftOver(fleet);
  await watch.close(fleet.coordinator);
  const journals = await journalsOf(players, scratch);
  const state = await countedState(fleet);
  return {
    ...facts,
    // Anchors of its clock may be older than the drill.
    events: watch.events.filter((event) => event.seq > startedSeq || event.type === 'place.anchored'),
    worktree: await fleet.knownWorktree(),
    players: players.map((player, i) => playerRecord(player, journals[i] ?? [])),
    files: await filesIn(scratch),
    state: { count: state.count - stateBefore.count, version: state.version - stateBefore.version },
    left,
  };
}

export function journalsOf(players: readonly Player[], scratch: Scratch): Promise<readonly (readonly JournalLine[])[]> {
  return Promise.all(
    players.map(async ({ member }) => parseJournal((await textIn(scratch.journal(member.index))) ?? '')),
  );
}

/** What the governed value counts now. A log named by `--store` may hold an earlier drill. */
export async function countedState({ coordinator }: Fleet): Promise<CountedState> {
  const { items } = await coordinator.view({ kind: 'state', key: STATE_KEY });
  const [entry] = items;
  const value = entry?.value as { readonly count?: number } | undefined;
  return { count: value?.count ?? 0, version: entry?.version ?? 0 };
}

function playerRecord({ member, agentId, isRegistered }: Player, journal: readonly JournalLine[]): PlayerRecord {
  return { member, agentId: isRegistered ? agentId : null, journal };
}

async function filesIn(scratch: Scratch): Promise<DrillRecord['files']> {
  const names = [METADATA_FILE, CORE_FILE, SERVER_FILE];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await scratch.read(name)] as const)));
}

async function leftOver({ coordinator }: Fleet): Promise<DrillRecord['left']> {
  const { counts } = await coordinator.view({ kind: 'fleet' });
  return { leases: counts.leases, waits: counts.waits };
}
