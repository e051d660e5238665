// The numbers of a drill, all measured. Null where the record does not show it.

import { linesOf } from '../journal.ts';
import type { DrillRecord, PlayerRecord } from '../record.ts';
import { CORE_FILE, SERVER_FILE, STATE_KEY, signatures } from '../workspace-files.ts';
import {
  type Crossing,
  crossingIn,
  type Freeze,
  freezeIn,
  type Loss,
  lossIn,
  type Rescue,
  rescueIn,
} from './incident.ts';
import { grantsOutOfTurn, type OutOfTurn } from './line-order.ts';
import { type Overlap, overlapsIn, sectionsOf } from './sections.ts';
import { type Tally, talliedIn } from './tally.ts';
import { heldMs, longestOf, type Wait, waitsOf } from './waits.ts';

export interface AgentFigures {
  readonly agentId: string | null;
  readonly asked: string;
  readonly role: PlayerRecord['member']['role'];
  readonly client: string;
  readonly revision: string;
  readonly warnings: readonly string[];
  readonly made: number;
  readonly kept: number;
  /** What it was to make; for the one that is killed, up to then. */
  readonly quota: number;
  /** The lock was asked for this often, of any file. */
  readonly asks: number;
  readonly longestWaitMs: number;
  readonly heldMs: number;
}

export interface Figures {
  readonly agents: readonly AgentFigures[];
  readonly tally: Tally;
  /** Governed writes that were acknowledged, and what the value counts in the end. */
  readonly state: { readonly acknowledged: number; readonly counted: number; readonly version: number };
  readonly sections: number;
  readonly overlaps: readonly Overlap[];
  readonly outOfTurn: readonly OutOfTurn[];
  readonly grants: number;
  readonly longestWait: Wait | null;
  readonly freeze: Freeze | null;
  readonly rescue: Rescue | null;
  readonly loss: Loss | null;
  readonly crossing: Crossing | null;
  /** Lines of the core file in the end, and who signed it and the server file. */
  readonly core: {
    readonly lines: number;
    readonly signedBy: readonly string[];
    readonly serverSignedBy: readonly string[];
  };
}

export function figuresOf(record: DrillRecord): Figures {
  const journals = record.players.map(({ journal }) => journal);
  const tally = talliedIn(journals, record.files['data/agent_metadata.json'] ?? null);
  const waits = record.players.flatMap(({ agentId, journal }) => waitsOf(agentId ?? '', journal));
  const sections = record.players.flatMap(({ agentId, journal }) => sectionsOf(agentId ?? '', journal));
  const freeze = freezeIn(record);
  const core = record.files[CORE_FILE] ?? '';
  return {
    agents: agentsOf(record, tally, waits),
    tally,
    state: stateOf(record),
    sections: sections.length,
    overlaps: overlapsIn(sections),
    outOfTurn: grantsOutOfTurn(record.events),
    grants: record.events.filter(({ type }) => type === 'lease.granted').length,
    longestWait: longestOf(waits),
    freeze,
    rescue: rescueIn(record, freeze),
    loss: lossIn(record),
    crossing: crossingIn(record),
    core: {
      lines: core === '' ? 0 : core.trimEnd().split('\n').length,
      signedBy: signatures(core),
      serverSignedBy: signatures(record.files[SERVER_FILE] ?? ''),
    },
  };
}

function agentsOf(record: DrillRecord, tally: Tally, waits: readonly Wait[]): readonly AgentFigures[] {
  const held = heldMs(record.events);
  return record.players.map(({ member, agentId, journal }) => {
    const own = waits.filter((wait) => wait.agentId === agentId);
    const [registered] = linesOf(journal, 'registered');
    const { made = 0, kept = 0 } = tally.byAgent.get(agentId ?? '') ?? {};
    const { evening, frozen, bereft, late } = member.updates;
    return {
      agentId,
      asked: 'id' in member.asks ? member.asks.id : `for ${member.asks.purpose}`,
      role: member.role,
      client: member.client,
      revision: member.revision,
      warnings: registered?.warnings ?? [],
      made,
      kept,
      quota: evening + frozen + (member.role === 'ended' ? 0 : bereft + late),
      asks: linesOf(journal, 'asked').length,
      longestWaitMs: longestOf(own)?.waitedMs ?? 0,
      heldMs: held.get(agentId ?? '') ?? 0,
    };
  });
}

function stateOf({ players, state }: DrillRecord): Figures['state'] {
  const acknowledged = players.flatMap(({ journal }) => linesOf(journal, 'put')).filter(({ key }) => key === STATE_KEY);
  return { acknowledged: acknowledged.length, counted: state.count, version: state.version };
}
