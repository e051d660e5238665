// Plays cells of the matrix: those of one store and fault one after the other in one kitchen, several kitchens at a time.

import { type Fault, KINDS } from './faults.ts';
import { Kitchen } from './kitchen.ts';
import { type Cell, notApplicable, seedOf } from './matrix.ts';
import { MemoryKitchen } from './memory-kitchen.ts';
import { Round, type RoundReport } from './round.ts';
import { type Store, StoreServers } from './stores.ts';

export interface Played {
  readonly cell: Cell;
  readonly round: number;
  readonly tookMs: number;
  /** Null: it could not be played to its end, as `broke` says. */
  readonly report: RoundReport | null;
  readonly broke: string | null;
}

export interface Playing {
  readonly seed: number;
  /** The numbers of those that are played of each cell; another number is another round. */
  readonly rounds: readonly number[];
  /** Kitchens at a time. */
  readonly jobs: number;
  readonly onPlayed?: (played: Played) => void;
}

/** Cells that are not applicable are left out; whoever asks tells of them. */
export async function playCells(cells: readonly Cell[], playing: Playing): Promise<readonly Played[]> {
  const applicable = cells.filter(({ store, fault }) => notApplicable(store, fault) === null);
  const groups = [...Map.groupBy(applicable, ({ store, fault }) => `${store} ${fault}`).values()];
  const played: Played[] = [];
  // What stops the server of a store stops it for every kitchen on it, so each store is played by one at a time.
  const open = Map.groupBy(groups, ([cell]) => cell?.store ?? 'memory');
  const servers = new StoreServers();
  const queue = [...open.values()];
  const worker = async (): Promise<void> => {
    for (let ofStore = queue.shift(); ofStore !== undefined; ofStore = queue.shift())
      for (const group of ofStore) played.push(...(await playGroup(group, servers, playing)));
  };
  try {
    await Promise.all(Array.from({ length: playing.jobs }, worker));
  } finally {
    await servers.stop();
  }
  return played;
}

async function playGroup(cells: readonly Cell[], servers: StoreServers, playing: Playing): Promise<readonly Played[]> {
  const [first] = cells;
  if (first === undefined) return [];
  const { store, fault } = first;
  const played: Played[] = [];
  let kitchen: Kitchen | MemoryKitchen | null = null;
  const close = async (): Promise<void> => {
    const last = kitchen;
    kitchen = null;
    await last?.close();
  };
  try {
    for (const round of playing.rounds) {
      for (const cell of cells) {
        const beganMs = performance.now();
        let report: RoundReport | null = null;
        let broke: string | null = null;
        try {
          kitchen ??= await openKitchen(store, fault, servers);
          report = await new Round(kitchen, fault, cell.workload, seedOf(cell, playing.seed, round)).play();
        } catch (error) {
          broke = error instanceof Error ? (error.stack ?? error.message) : String(error);
        }
        const isSpoilt = broke !== null || report?.problems.length !== 0 || KINDS[fault].spoilsKitchen === true;
        if (isSpoilt) await close();
        const each = { cell, round, tookMs: performance.now() - beganMs, report, broke };
        played.push(each);
        playing.onPlayed?.(each);
      }
    }
    return played;
  } finally {
    await close();
  }
}

function openKitchen(store: Store, fault: Fault, servers: StoreServers): Promise<Kitchen | MemoryKitchen> {
  if (store === 'memory') return MemoryKitchen.open();
  return Kitchen.open(store, servers, KINDS[fault].setting);
}
