// Which servers a log is not kept on. Each is refused before anything is read or written, with what to do about it.

import { StoreFault } from '../../ports/event-store.ts';
import { evictsLogs, type ServerReport } from './server-report.ts';

/** Since then XRANGE can begin behind an entry, and XTRIM end at one. */
const OLDEST_VERSION = '6.2.0';

export interface CheckedAs {
  readonly location: string;
  /** The Sentinels sent us here. */
  readonly isFound: boolean;
}

/** Throws STORE_UNSAFE, or STORE_UNAVAILABLE where it passes by itself. */
export function expectSafe(report: ServerReport, { location, isFound }: CheckedAs): void {
  const passes = passing(report, isFound);
  if (passes !== null) {
    throw new StoreFault('STORE_UNAVAILABLE', `${location} ${passes}`, { details: { location, outcome: 'none' } });
  }
  const unsafe = unsafeReason(report);
  if (unsafe !== null) throw new StoreFault('STORE_UNSAFE', `${location} ${unsafe}`, { details: { location } });
}

function passing({ isLoading, role }: ServerReport, isFound: boolean): string | null {
  if (isLoading) return 'is reading its data from the disk.';
  // The Sentinels have decided, and the server has not heard of it yet.
  return isFound && role === 'replica' ? 'leads to a server that is not the master yet.' : null;
}

function unsafeReason(report: ServerReport): string | null {
  const { version, role, follows, evictionPolicy } = report;
  if (role === 'sentinel') {
    return 'is a Sentinel, which keeps no data. Write redis+sentinel://HOST:PORT/NAME, NAME being what it calls the master.';
  }
  if (role === 'replica') {
    return (
      `is a replica of ${follows ?? 'another server'}: nothing can be written to it. Name the master, or its Sentinels ` +
      '(redis+sentinel://HOST:PORT/NAME), which know who is the master after a failover.'
    );
  }
  if (version !== null && isOlder(version, OLDEST_VERSION)) {
    return `is Redis ${version}. A log needs ${OLDEST_VERSION} or newer: older ones cannot read on from an event.`;
  }
  if (evictsLogs(report)) {
    return (
      `throws any keys away when its memory is used up (maxmemory-policy ${evictionPolicy}), and the log with them. Set ` +
      '`maxmemory-policy noeviction` (redis.conf, or CONFIG SET): then it refuses writes instead, and nothing is lost. Where it ' +
      'is a cache for others, `volatile-lru` and its like are as good: they leave alone what has no expiry, and the log has none.'
    );
  }
  return null;
}

/** `6.2.14` and the like, compared number by number. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (const [index, wanted] of (b ?? []).entries()) {
    const has = a?.[index] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}
