// What `doctor` says about a log on a server that several hosts share: how it is reached, what its operator should know of it as it
// runs now, and which hosts are at work in it.

import { userIn } from '../../../app/shared-url.ts';
import { storeUrlOf } from '../../../app/store-url.ts';
import type { KeptLog } from '../../../compose.ts';
import { counted } from '../../../core/view/count-text.ts';
import type { Beat, StoreCaveat, StoreTraits } from '../../../ports/event-store.ts';
import type { Checked, Finding } from './doctor-report.ts';
import type { KeptExamination } from './examine-kept.ts';

type Location = Exclude<KeptLog['location'], { readonly kind: 'sqlite' }>;

const SURVIVES: Readonly<Record<StoreTraits['survives'], string>> = {
  nothing: 'answers survive nothing',
  process: 'answers survive the death of a process, and may be lost with the server or its power',
  host: 'answers survive a power loss of the server',
  quorum: 'answers survive the loss of a minority of servers',
};

export function checkServer(location: Location, { traits }: KeptExamination): Checked {
  const user = userIn(location.url);
  const who = user === null ? 'as nobody in particular' : `as ${user}`;
  return {
    name: 'store',
    detail: `${storeUrlOf(location)}, fleet ${location.fleet}, reached ${who}, ${SURVIVES[traits.survives]}`,
    findings: [],
  };
}

/** What can lose acknowledged events, or keeps everybody from writing, is a finding; the rest only says what to expect. */
export function checkCaveats(caveats: readonly StoreCaveat[]): Checked {
  const grave = caveats.filter(needsSomebody);
  const detail =
    caveats.length === 0
      ? 'nothing of it endangers what is acknowledged'
      : `${counted(caveats.length, 'thing')} to know of it, ${grave.length === 0 ? 'none' : grave.length} of them grave`;
  return {
    name: 'server',
    detail,
    findings: grave.map(told),
    notes: caveats.filter((caveat) => !needsSomebody(caveat)).map(told),
  };
}

function needsSomebody({ isGrave, stopsWriting }: StoreCaveat): boolean {
  return isGrave || stopsWriting === true;
}

function told({ code, message, next }: StoreCaveat): Finding {
  return { code, message, next };
}

/** `moving`: beats of other hosts that moved while we looked. */
export function checkHosts(examined: KeptExamination, moving: readonly Beat[], ownBootId: string): Checked {
  const { places } = examined.state;
  const isMoving = new Set(moving.map(({ placeId }) => placeId));
  const hosts = examined.beats.map(({ placeId, bootId, wallAt }) => {
    const name = places.get(placeId)?.host ?? placeId;
    if (bootId === ownBootId) return `${name} (this one)`;
    return isMoving.has(placeId) ? `${name} is at work` : `${name} was heard last at ${wallAt}`;
  });
  const shown = hosts.slice(0, SHOWN);
  const more = hosts.length > SHOWN ? ` and ${hosts.length - SHOWN} more` : '';
  const detail = hosts.length === 0 ? 'no host has said so far that it is there' : `${shown.join(', ')}${more}`;
  return { name: 'hosts', detail, findings: [] };
}

const SHOWN = 12;
