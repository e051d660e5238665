// What `doctor` says about the desk of this host. That none is open is no finding, and nothing found here puts a lease or a
// fact in doubt: who does not use the desk writes the log directly, as correctly and more slowly.

import type { DeskStanding } from '../../../app/desk/desk-standing.ts';
import type { HostProcess } from '../../../app/host-processes.ts';
import type { Checked, Finding } from './doctor-report.ts';
import { stoppedText } from './stopped-text.ts';

/** `rows`: the processes of this host. */
export function checkDesk(standing: DeskStanding, rows: readonly HostProcess[]): Checked {
  switch (standing.kind) {
    case 'open':
      return checked(atDeskText(rows));
    case 'off':
      return checked('not asked: this command reads the log itself (--desk, BRIGADE_DESK, --store)');
    case 'none':
      return checked(rows.length === 0 ? 'none is open' : 'none is open; whoever is here writes the log directly');
    case 'leaving':
      return checked('one is leaving, and the next one opens');
    case 'leftover':
      return { name: 'desk', detail: 'nobody is there', findings: [LEFTOVER] };
    case 'silent':
      return { name: 'desk', detail: 'does not answer', findings: [silent(rows)] };
    default: {
      const { code, because, next } = REFUSED[standing.kind];
      return {
        name: 'desk',
        detail: 'not used',
        findings: [{ code, message: `${standing.message} ${because}`, next }],
      };
    }
  }
}

function checked(detail: string): Checked {
  return { name: 'desk', detail, findings: [] };
}

function atDeskText(rows: readonly HostProcess[]): string {
  const desk = rows.find(({ role }) => role === 'desk');
  const clients = rows.filter(({ role }) => role === 'client').length;
  const direct = rows.filter(({ role }) => role === 'direct').length;
  const who = desk === undefined ? 'open' : `process ${desk.pid} (${[desk.kind, ...desk.agents].join(', ')})`;
  const others = clients === 0 ? 'no clients' : clients === 1 ? '1 client' : `${clients} clients`;
  return `${who}, ${others}${direct === 0 ? '' : `; ${direct} besides it`}`;
}

const LEFTOVER: Finding = {
  code: 'DESK_LEFTOVER',
  message: 'The name of the desk (desk.sock) leads to nobody: the process that was the desk was killed.',
  next: 'Nothing needs to be done: the next `brigade mcp`, or the next call of one that runs, puts it right.',
};

function silent(rows: readonly HostProcess[]): Finding {
  const stopped = stoppedText(rows);
  return {
    code: 'DESK_SILENT',
    message: `The desk of this host does not answer. ${stopped?.who ?? 'Its process is stopped, or very busy.'}`,
    next: `${stopped?.next ?? 'Look for it with your system (`ps`: state T) and let it go on, or end it.'} The others pass it over 2 s after they ask.`,
  };
}

const SLOWER = 'Both write the log directly then, which is as correct and only slower.';
const ALL_SLOWER = 'Every process writes the log directly then, which is as correct and only slower.';

type Refused = Exclude<DeskStanding['kind'], 'open' | 'off' | 'none' | 'leaving' | 'leftover' | 'silent'>;

/** `because` stands beside what the desk said, or what was met on the way to it. */
const REFUSED: Readonly<Record<Refused, { readonly code: string; readonly because: string; readonly next: string }>> = {
  protocol: {
    code: 'DESK_VERSION',
    because: `Two versions of Brigade are at work on this host. ${SLOWER}`,
    next: 'Restart the clients that started the older one, so that all run the same version.',
  },
  place: {
    code: 'DESK_ELSEWHERE',
    because: `A container, or another boot, has this folder too. ${SLOWER}`,
    next: 'Nothing needs to be done. A container that shares the pid namespace of its host shares its desk.',
  },
  store: {
    code: 'DESK_STORE',
    because: SLOWER,
    next: 'Give all processes the same --store; `brigade config` tells where it comes from.',
  },
  durability: {
    code: 'DESK_DURABILITY',
    because: SLOWER,
    next: 'Give all processes the same --durability; `brigade config` tells where it comes from.',
  },
  key: {
    code: 'DESK_KEY',
    because: `Their secrets lie in different folders. ${SLOWER}`,
    next: 'Give all processes the same state folder (HOME, XDG_STATE_HOME); `brigade config` shows it.',
  },
  full: {
    code: 'DESK_FULL',
    because: 'Who finds no room writes the log directly, which is as correct and only slower.',
    next: 'Look with `brigade ps` for processes that nobody needs any more.',
  },
  foreign: {
    code: 'DESK_FOREIGN',
    because: 'It is told nothing, and the log is written directly.',
    next: 'Find out what listens where `.brigade/desk.sock` leads, and end it; the next desk takes its place.',
  },
  unsafe: {
    code: 'DESK_UNSAFE',
    because: ALL_SLOWER,
    next: 'Close it to others, or find out who put it there.',
  },
  unusable: {
    code: 'DESK_IMPOSSIBLE',
    because: ALL_SLOWER,
    next: 'Put right what is named here; or say that it is meant, with --desk off.',
  },
};
