// Targets of alerts, as the fleet and this host have them.

import { notifierOf } from '../../../compose.ts';
import type { Notifier } from '../../../ports/notifier.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { NO_TARGETS, type ShownTarget, targetsText } from '../text/targets-text.ts';

export async function showHooks(context: Context): Promise<number> {
  const fleet = await context.look();
  const { targets, dead, deadLeftOut } = await fleet.coordinator.view({ kind: 'deliveries' });
  const standing = await standingOf(
    fleet,
    notifierOf(fleet.host, () => fleet.fleet.seatPorts.fleetId()),
  );
  const shown: readonly ShownTarget[] = targets.map((target) => {
    return { ...target, standsAgainst: standing.get(target.name) ?? null };
  });
  context.tell({ targets: shown, dead, deadLeftOut }, (look) => {
    if (shown.length === 0) return NO_TARGETS;
    const more = deadLeftOut === 0 ? [] : [look.paint.faint(`and ${deadLeftOut} more that were given up`)];
    return [...targetsText(shown, dead, look), ...more];
  });
  return EXIT.done;
}

/** What stands against sending from this host, by the names of targets. */
async function standingOf(fleet: SeenFleet, notifier: Notifier): Promise<ReadonlyMap<string, string | null>> {
  const { adopted } = await fleet.coordinator.view({ kind: 'policy' });
  const found = new Map<string, string | null>();
  for (const target of adopted?.content.alerts?.deliver ?? [])
    found.set(target.name, await notifier.standingAgainst(target));
  return found;
}
