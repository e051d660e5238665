// Values that only the fleet knows, newest or gravest first as its views have them, one page at most. A fleet that is not
// there has none.

import { describeKey, type ResourceKey } from '../../../core/resource/resource-key.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { spokenDiagnosis } from '../../answer/spoken-diagnosis.ts';
import type { SeenFleet } from '../open-fleet.ts';
import type { Candidate } from './cursor.ts';
import type { FleetKind } from './kinds.ts';

type Look = (fleet: SeenFleet, typed: string) => Promise<readonly Candidate[]>;

const LOOKS: Readonly<Record<FleetKind, Look>> = {
  agent: async ({ coordinator }) => {
    const { items } = await coordinator.view({ kind: 'agents', all: true, limit: PAGE });
    return items.map(({ agentId, lifecycle, client }) => ({ value: agentId, about: `${client}, ${lifecycle}` }));
  },
  alert: async ({ coordinator }) => {
    const { items } = await coordinator.view({ kind: 'alerts', limit: PAGE });
    return items.map(({ alert, text }) => ({ value: String(alert), about: text }));
  },
  finding: async ({ coordinator, worktree }) => {
    const view = await coordinator.view({ kind: 'diagnosis' });
    const { findings } = spokenDiagnosis(view, worktree.id, 'agent');
    return findings.map(({ id, message }) => ({ value: id, about: message }));
  },
  held: async (fleet, typed) => (await locksOf(fleet, typed)).map(({ name, about }) => ({ value: name, about })),
  heldOrAgent: async (fleet, typed) => [...(await LOOKS.agent(fleet, typed)), ...(await LOOKS.held(fleet, typed))],
  incident: async ({ coordinator }) => {
    const { items } = await coordinator.view({ kind: 'incidents', limit: PAGE });
    return items.map(({ incident, title }) => ({ value: String(incident), about: title }));
  },
  key: async ({ coordinator }, typed) => {
    const { items } = await coordinator.view({ kind: 'state', prefix: typed, limit: PAGE });
    return items.map(({ key, author }) => ({ value: key, about: `by ${author}` }));
  },
  lease: async (fleet, typed) => {
    const locks = await locksOf(fleet, typed);
    return locks.flatMap(({ name, token, about }) => (token === null ? [] : [{ value: `${name}=${token}`, about }]));
  },
  // Any file may be locked, and things that are none go by names that people agree on.
  resource: async (fleet) => (await LOOKS.held(fleet, 'file:')).filter(({ value }) => !value.startsWith('file:')),
  target: async ({ coordinator }) => {
    const { targets } = await coordinator.view({ kind: 'deliveries' });
    return targets.map(({ name, kind, state }) => ({ value: name, about: `${kind}, ${state}` }));
  },
  ticket: async ({ coordinator }) => {
    const { waiters } = await coordinator.view({ kind: 'waits', limit: PAGE });
    return waiters.map(({ ticket, agentId }) => ({ value: ticket, about: agentId }));
  },
};

const PAGE = 200;

/** What `typed` could become, of that kind. */
export function fleetValues(kind: FleetKind, fleet: SeenFleet, typed: string): Promise<readonly Candidate[]> {
  return LOOKS[kind](fleet, typed);
}

/** Files by the shorter of their names, as people type them, unless `typed` begins the longer one. */
async function locksOf({ coordinator, worktree }: SeenFleet, typed: string) {
  const { items } = await coordinator.view({ kind: 'locks', limit: PAGE });
  return items.map(({ resource, token, holder, heldForMs }) => {
    const name = describeKey(resource as ResourceKey, worktree.id);
    const about = holder === null ? 'reserved' : `${holder.agentId}, for ${durationText(heldForMs ?? 0)}`;
    return { name: typed.startsWith('f') && name.startsWith(typed) ? name : shortName(name), token, about };
  });
}

/** The name of a file without `file:`, where that is read as the same file. */
function shortName(name: string): string {
  const path = name.startsWith('file:') ? name.slice('file:'.length) : name;
  return /^[\w./-]+$/.test(path) && !/^[-.]/.test(path) ? path : name;
}
