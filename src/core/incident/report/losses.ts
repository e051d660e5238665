// What was lost, proved from the log: everything that somebody was told is looked for, and what is not there is named. "Nothing"
// is said only with the count of what was checked.

import { counted } from '../../view/count-text.ts';
import { conflicts } from './concern.ts';
import type { Course } from './course.ts';
import type { Losses } from './report.ts';
import type { Hold } from './scene.ts';

type Check = Losses['checks'][number];

const NAMED = 10;

export function lossesOf(course: Course): Losses {
  const leases = leaseCheck(course);
  const waits = waitCheck(course);
  const writes = writeCheck(course);
  const checks = [leases, holderCheck(course), waits, writes, numberCheck(course), ...epochChecks(course)];
  const bad = checks.filter(({ isGood }) => !isGood);
  const { read } = course.material;
  const isProved = bad.length === 0 && read.leftOut === 0 && read.knownFrom === null && !read.isCut;
  const found = `${counted(leases.checked, 'lease')}, ${counted(waits.checked, 'place')} in line and ${counted(writes.checked, 'governed write')} were acknowledged, and each is accounted for`;
  const verdict =
    bad.length > 0
      ? `Not everything is accounted for: ${bad.map(({ what, found: told }) => `${what.toLowerCase()}: ${told}`).join('; ')}.`
      : isProved
        ? `Nothing was lost: ${found}.`
        : `Nothing was found lost in what was read: ${found}. What was not read is not proved.`;
  return { isProved, verdict, checks };
}

/** Every token that was granted ended, or is held now. */
function leaseCheck({ holds, material }: Course): Check {
  const now = new Set(material.view.leases.map(({ token }) => token));
  const missing = holds.filter(({ end, token }) => end === null && !now.has(token));
  const isWhole = material.view.leftOut.leases === 0;
  const ends = new Map<string, number>();
  for (const { end } of holds) {
    const how = end?.how ?? 'held now';
    ends.set(how, (ends.get(how) ?? 0) + 1);
  }
  const told = Array.from(ends, ([how, count]) => `${count} ${how}`).join(', ');
  const rest = missing.slice(0, NAMED).map(({ token }) => token);
  const lost = isWhole
    ? `; of ${rest.join(', ')} neither an end nor a holder is known`
    : `; ${missing.length} could not be looked for`;
  return {
    what: 'Leases granted, each with its token',
    checked: holds.length,
    found: holds.length === 0 ? 'none were granted' : `${told}${missing.length === 0 ? '' : lost}`,
    isGood: missing.length === 0,
  };
}

/** No two of them were held against each other at one moment: each is compared with those that were held when it began. */
function holderCheck({ holds }: Course): Check {
  const beside: string[] = [];
  let held: readonly Hold[] = [];
  for (const hold of holds.toSorted((a, b) => a.token - b.token)) {
    // By the numbers of the log: what ends and begins in one moment does so one after the other.
    held = held.filter(({ end }) => end === null || end.seq > hold.token);
    for (const other of held) if (isAgainst(hold, other)) beside.push(`${other.token} and ${hold.token}`);
    held = [...held, hold];
  }
  return {
    what: 'Leases in conflict, held one after the other',
    checked: holds.length,
    found: beside.length === 0 ? 'no two at one time' : `at one time: ${beside.slice(0, NAMED).join(', ')}`,
    isGood: beside.length === 0,
  };
}

function isAgainst(a: Hold, b: Hold): boolean {
  if (a.sessionId === b.sessionId || (a.mode === 'shared' && b.mode === 'shared')) return false;
  return conflicts(a.resource, b.resource);
}

function waitCheck({ waits, material }: Course): Check {
  const now = new Set(material.view.tickets.map(({ ticket }) => ticket));
  const isWhole = material.view.leftOut.tickets === 0 && material.view.row.closed === null;
  const open = waits.filter(({ end }) => end === null);
  const missing = isWhole ? open.filter(({ ticket }) => !now.has(ticket)) : [];
  const granted = waits.filter(({ end }) => end?.outcome === 'granted').length;
  const ended = waits.length - open.length - granted;
  const told = `${granted} granted, ${ended} ended otherwise, ${open.length} in line ${material.view.row.closed === null ? 'now' : 'when it closed'}`;
  const lost = `; of ${missing
    .slice(0, NAMED)
    .map(({ ticket }) => ticket)
    .join(', ')} nothing is known`;
  return {
    what: 'Places in line',
    checked: waits.length,
    found: waits.length === 0 ? 'nobody waited' : `${told}${missing.length === 0 ? '' : lost}`,
    isGood: missing.length === 0,
  };
}

/** Each write made the next version of its key, and the key still has it, or a later one. */
function writeCheck({ events, material }: Course): Check {
  const last = new Map<string, number>();
  const wrong: string[] = [];
  let writes = 0;
  for (const event of events) {
    if (event.type !== 'state.put') continue;
    writes += 1;
    const before = last.get(event.key);
    if (before !== undefined && event.valueVersion <= before) wrong.push(`${event.key} version ${event.valueVersion}`);
    last.set(event.key, event.valueVersion);
  }
  for (const [key, version] of last) {
    const now = material.versions[key];
    if (now !== undefined && now < version) wrong.push(`${key} version ${version}, which is at ${now}`);
  }
  const looked = [...last.keys()].filter((key) => material.versions[key] !== undefined).length;
  return {
    what: 'Governed writes',
    checked: writes,
    found:
      wrong.length > 0
        ? `not there: ${wrong.slice(0, NAMED).join(', ')}`
        : writes === 0
          ? 'none were made'
          : `of ${counted(last.size, 'key')}, each version after the one before; ${looked} looked up now, and all there`,
    isGood: wrong.length === 0,
  };
}

/** The log has every number between the first and the last that was read. */
function numberCheck({ material, events }: Course): Check {
  const { from, to, facts, gaps } = material.read;
  const epochs = new Set(events.flatMap(({ type, seq }) => (type === 'epoch.started' ? [seq] : [])));
  const wrong = gaps.filter(({ next }) => !epochs.has(next));
  const range = from === null || to === null ? 'nothing was read' : `${from.seq} to ${to.seq}, none missing`;
  return {
    what: 'Numbers of the log',
    checked: facts,
    found:
      wrong.length === 0
        ? range
        : `missing after ${wrong
            .slice(0, NAMED)
            .map(({ after }) => after)
            .join(', ')}`,
    isGood: wrong.length === 0,
  };
}

/** A new epoch knows up to where the lost log went, and from where it goes on. */
function epochChecks({ events }: Course): readonly Check[] {
  return events.flatMap((event) => {
    if (event.type !== 'epoch.started') return [];
    const lost = Math.max(0, event.lost.seq - event.basis.seq);
    const found =
      lost === 0 ? 'nothing between them' : `${counted(lost, 'fact')} after number ${event.basis.seq} are gone`;
    return { what: 'The log that was lost, against the one that goes on', checked: 1, found, isGood: lost === 0 };
  });
}
