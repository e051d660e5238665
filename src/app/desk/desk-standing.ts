// How it stands with the desk of this host, as a process that asked for it can tell. It takes another look at the published
// name, and where a desk could be open and is not, it tries whether one can be; what is made for that is removed at once.

import { type DeskDoor, DeskFault } from '../../ports/desk-door.ts';
import type { Refusal } from './desk-link.ts';
import type { DeskRole } from './host-coordinator.ts';

export type DeskStanding =
  /** It serves this process, `off`: which did not want it, `none`: there is none. */
  | { readonly kind: 'open' | 'off' | 'none' }
  /** The published name leads to nobody. */
  | { readonly kind: 'leftover' }
  /** There is one, or should be, and this process does not use it. */
  | { readonly kind: Exclude<Refusal['why'], 'gone'>; readonly message: string };

export interface DeskSight {
  /** Null where no desk is wanted. */
  readonly door: DeskDoor | null;
  readonly role: DeskRole;
  /** Somebody is here who would open a desk. */
  readonly isWanted: boolean;
}

export async function deskStanding({ door, role, isWanted }: DeskSight): Promise<DeskStanding> {
  if (door === null) return { kind: 'off' };
  if (role.role !== 'alone' || role.why === null) return { kind: 'open' };
  const { why, message } = role.why;
  if (why !== 'gone') return { kind: why, message };
  const fault = await faultIn(() => follow(door));
  if (fault?.code === 'gone') return { kind: 'leftover' };
  const bar = fault ?? (isWanted ? await faultIn(() => tryToOpen(door)) : null);
  return bar === null || bar.code === 'gone' ? { kind: 'none' } : { kind: bar.code, message: bar.message };
}

async function follow(door: DeskDoor): Promise<void> {
  const address = door.find();
  if (address !== null) (await door.connect(address)).destroy();
}

async function tryToOpen(door: DeskDoor): Promise<void> {
  await door.key();
  await (await door.listen((connection) => connection.destroy())).close();
}

/** What stands against `work`; null when nothing does. */
async function faultIn(work: () => Promise<void>): Promise<DeskFault | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof DeskFault) return error;
    throw error;
  }
}
