// Somebody changed what another session held: in a commit, or as whoever watches the files saw it. It has happened, and nothing
// undoes it; the holder is told, because it may go on from what it read before.

import type { EventOf, FleetEvent } from '../../event.ts';
import type { FleetState } from '../../fleet-state.ts';
import { fleetPolicy } from '../../governance/policy.ts';
import { oneLine } from '../../view/one-line.ts';
import type { AlertCause } from '../alert.ts';
import { inWords, listed, named, sentence } from '../wording.ts';

/** `group`: what was told with it, so that many files under one lease are one alert. Null where nobody is to be warned. */
export function bypassCause(
  state: FleetState,
  event: EventOf<'file.edited'>,
  group: readonly FleetEvent[],
): AlertCause | null {
  const { beside, via, tool, agentId } = event;
  if (beside === null || !isWarnedOf(state, via)) return null;
  const files = group.flatMap((each) =>
    each.type === 'file.edited' && each.beside === beside && each.resource !== undefined ? [each.resource] : [],
  );
  const holder = state.leases.get(String(beside))?.agentId;
  const agents = [agentId, holder].filter((agent) => agent !== undefined);
  const by = `${agentId ?? 'Somebody who is no agent of the fleet'} (${oneLine(tool, 64)})`;
  const under =
    holder === undefined
      ? `a lease that has ended since (token ${beside})`
      : `the lease of ${holder} (token ${beside})`;
  return {
    code: 'lease_bypassed',
    subject: String(beside),
    agents,
    resources: listed(files),
    text: sentence(`${by} changed ${named(files.map(inWords))} beside ${under}.`),
    next: `Look at what was changed (git log, git diff), and let ${holder ?? 'whoever held it'} read it again before going on.`,
    evidence: { via, tool: oneLine(tool, 200), files: files.length, token: beside, holder: holder ?? null },
  };
}

/** Hooks of clients ask before an edit, so what they tell of was let pass by somebody. */
function isWarnedOf({ fleet }: FleetState, via: EventOf<'file.edited'>['via']): boolean {
  if (via === 'git') return true;
  return via === 'watch' && fleetPolicy(fleet?.policy?.content ?? null).hooks.git.watch === 'alert';
}
