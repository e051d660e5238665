// Where the contract of desk doors is run: real sockets in a folder of their own, and simulated processes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDeskDoor } from '../../src/adapters/desk/desk-door.ts';
import { openProcessTable } from '../../src/adapters/system/process-table.ts';
import { randomIds } from '../../src/adapters/system/random-ids.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { DeskDoor } from '../../src/ports/desk-door.ts';
import { MemoryDesk } from '../support/memory-desk-door.ts';

export interface DeskWorld {
  /** The door of another process. */
  door(): DeskDoor;
  close(): void;
}

export const deskWorlds: readonly { readonly name: string; readonly open: () => DeskWorld }[] = [
  { name: 'sockets', open: socketWorld },
  { name: 'simulated', open: simulatedWorld },
];

/** All doors are of this process; each acts as if it were another one's. */
function socketWorld(): DeskWorld {
  const folder = mkdtempSync(join(tmpdir(), 'brigade-desk-'));
  const door = (): DeskDoor =>
    openDeskDoor({
      fleetFolder: folder,
      stateBase: join(folder, 'base'),
      env: {},
      placeId: 'p_here',
      processes: openProcessTable(),
      clock: systemClock,
      ids: randomIds,
    });
  return { door, close: () => rmSync(folder, { recursive: true, force: true }) };
}

function simulatedWorld(): DeskWorld {
  let processes = 0;
  const desk = new MemoryDesk({
    later: (ms, run) => void systemClock.after(ms, run),
    nowMs: () => systemClock.monotonicMs(),
  });
  const door = (): DeskDoor => {
    processes += 1;
    return desk.door(`process ${processes}`);
  };
  return { door, close: () => undefined };
}
