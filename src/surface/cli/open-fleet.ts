// The fleet as a command has it. A command that only looks makes no log, no worktree id and no session; one that acts does so
// for the session that `occupant.ts` finds.

import type { Coordinator } from '../../app/coordinator.ts';
import { canonicalResource, realDirectory } from '../../app/resource/canonical-resource.ts';
import { isWorktreeId } from '../../app/seat/lease-names.ts';
import type { SettingFlags, Settings } from '../../app/settings.ts';
import * as compose from '../../compose.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import { keyFromDescription, worktreeIn } from '../../core/resource/resource-key.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cli } from './cli.ts';

/** A fleet to look at. */
export interface SeenFleet {
  readonly host: compose.Host;
  readonly settings: Settings;
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly fleet: compose.Fleet;
  /** The worktree in which names are shown and read. Its id is one of nobody where it has none yet. */
  readonly worktree: { readonly id: string };
  /** The stored key of a name, as typed here or as Brigade shows it. */
  keyOf(name: string): Promise<string | Rejection>;
  close(): Promise<void>;
}

/** Where the worktree has no id, nobody has locked a file in it yet. */
const NO_WORKTREE = '-';

export function hostOf(cli: Cli, flags: SettingFlags): Promise<compose.Host> {
  return compose.prepareHost({ flags, env: cli.env, folder: cli.folder, stays: false });
}

/**
 * Opens the fleet to look at it. Who `stays` to watch opens also a log that is not there yet, and so sees it come; and puts a
 * log that is lost meanwhile right, because it may be the only one that still knows it.
 */
export async function openToLook(cli: Cli, flags: SettingFlags, stays: boolean): Promise<SeenFleet> {
  const host = await hostOf(cli, flags);
  const fleet = await compose.openFleet(host, { lookOnly: !stays });
  return seen(cli, fleet, (await fleet.knownWorktree()) ?? NO_WORKTREE);
}

/** Opens the fleet of `host`, whose store a command was told, to look at it. Its log is read by this process itself. */
export async function lookAt(cli: Cli, host: compose.Host): Promise<SeenFleet> {
  const desk = { value: 'off', source: 'default', where: 'default' } as const;
  const fleet = await compose.openFleet({ ...host, settings: { ...host.settings, desk } }, { lookOnly: true });
  return seen(cli, fleet, (await fleet.knownWorktree()) ?? NO_WORKTREE);
}

/** Opens the fleet to act in it; its log and the id of the worktree are made where they are missing. */
export async function openToAct(cli: Cli, flags: SettingFlags): Promise<SeenFleet> {
  const fleet = await compose.openFleet(await hostOf(cli, flags));
  return seen(cli, fleet, (await fleet.worktree()).id);
}

function seen(cli: Cli, fleet: compose.Fleet, worktree: string): SeenFleet {
  const { host, coordinator, seatPorts } = fleet;
  return {
    host,
    settings: host.settings,
    coordinator,
    clock: compose.clock,
    fleet,
    worktree: { id: worktree },
    keyOf: async (name) => {
      const { prober } = seatPorts;
      const shown = worktreeIn(name) === null ? null : keyFromDescription(name, worktree, isWorktreeId);
      if (shown !== null && !isRejection(shown)) return shown;
      const root = (await realDirectory(host.workspace.root, prober)) ?? host.workspace.root;
      return canonicalResource(name, { worktree, root, cwd: cli.folder }, prober);
    },
    close: () => fleet.close(),
  };
}
