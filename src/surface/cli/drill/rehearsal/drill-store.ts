// Where the log of a drill is: in the scratch folder, in a file that somebody named, or on a server, in a fleet of its own that is
// removed at the end.

import { storeUrlOf } from '../../../../app/store-url.ts';
import { clock, DRILL_FLEETS, ids, parseStoreIn, removeDrillFleet, type SharedLocation } from '../../../../compose.ts';
import { type Rejection, reject } from '../../../../core/rejection.ts';

export interface DrillStore {
  /** What every process of the drill is told, with an absolute path. */
  readonly url: string;
  /** What people are told. */
  readonly shown: string;
  /** It is a file of this machine. */
  readonly isFile: boolean;
  /** Removes the fleet of the drill, and nothing else; a file that somebody named stays. */
  remove(): Promise<void>;
}

/** Reads what `--store` says. */
export function drillStore(text: string, folder: string): DrillStore | Rejection {
  const fleet = `${DRILL_FLEETS}${stamp()}-${ids
    .newSecret()
    .slice(0, 6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '0')}`;
  const parsed = parseStoreIn(folder, null, text);
  if (!parsed.ok) return refused(parsed.problem);
  const { location } = parsed;
  if (location.kind === 'memory') return refused('memory: is seen by one process only, and the drill needs many');
  if (location.kind === 'sqlite') {
    const url = storeUrlOf(location);
    return { url, shown: url, isFile: true, remove: () => Promise.resolve() };
  }
  if (text.includes('#')) return refused('it names a fleet, and a drill makes one of its own');
  return onServer({ ...location, fleet });
}

function onServer(location: SharedLocation): DrillStore {
  return {
    url: `${location.url}#${location.fleet}`,
    shown: storeUrlOf(location),
    isFile: false,
    remove: () => removeDrillFleet(location),
  };
}

function refused(problem: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `--store: ${problem}.`,
    next: 'Leave --store out for a log in the scratch folder, or name sqlite:PATH, redis://HOST or etcd://HOST:PORT.',
  });
}

/** `20251119-232500`: whoever finds such a fleet knows how old it is. */
function stamp(): string {
  return clock.wallAt().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
