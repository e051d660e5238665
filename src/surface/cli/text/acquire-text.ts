// What came of asking for locks. A granted lock is printed as `RES=TOKEN`, the form in which `renew`, `release` and `check`
// take it back.

import type { Acting } from '../../../app/seat/seat-outcome.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { SpokenBlocker, spokenAcquire } from '../../answer/spoken.ts';
import type { Look } from '../output/screen.ts';

type Told = ReturnType<typeof spokenAcquire>;
type Spoken = { readonly [K in keyof Told]: Told[K] extends (infer Item)[] ? readonly Item[] : Told[K] };

const BLOCKERS = 5;

export function grantedLines(
  spoken: Spoken,
  acting: Acting | null,
  isDry: boolean,
  { paint }: Look,
): readonly string[] {
  const verb = isDry ? 'Would be granted' : spoken.status === 'renewed' ? 'Renewed' : 'Granted';
  // Only who stood in line has a ticket.
  const waited = spoken.ticket === null ? '' : ` after ${durationText(spoken.waitedMs)}`;
  const who = acting === null ? '' : ` to ${oneLine(acting.agentId)}`;
  return [
    `${paint.good(verb)}${who}${waited}:`,
    ...spoken.leases.map(
      ({ resource, token, mode, guarded, expiresInMs, wanted }) =>
        `  ${paint.strong(`${oneLine(resource)}=${token}`)}  ${paint.faint(
          [
            mode,
            guarded ? 'guarded' : 'advisory',
            `lasts ${durationText(expiresInMs)} unused`,
            ...(wanted ? ['others wait'] : []),
          ].join(', '),
        )}`,
    ),
    ...spoken.refused.map(({ resource, code, message }) =>
      paint.bad(`  ${oneLine(resource)}  ${code}: ${oneLine(message)}`),
    ),
  ];
}

export function queuedLines(spoken: Spoken, { paint }: Look): readonly string[] {
  const { ticket, position, blockedBy, offeredForMs } = spoken;
  if (offeredForMs !== undefined) {
    return [
      `It is your turn: take it within ${durationText(offeredForMs)} with \`brigade acquire --ticket ${ticket ?? ''}\`.`,
    ];
  }
  return [
    `${paint.warn(position === 1 ? 'Next in line' : `Place ${position ?? '?'} in line`)}, not granted yet.`,
    ...blockerLines(blockedBy),
    `Go on waiting in the same place: \`brigade acquire --ticket ${ticket ?? ''} --wait 30s\`. The place is kept for 2m.`,
  ];
}

export function blockerLines(blockers: readonly SpokenBlocker[]): readonly string[] {
  const more = blockers.length > BLOCKERS ? [`  and ${blockers.length - BLOCKERS} more`] : [];
  return [...blockers.slice(0, BLOCKERS).map((blocker) => `  ${blockerText(blocker)}`), ...more];
}

function blockerText({ agentId, resource, kind, heldForMs, idleForMs, alive, reason }: SpokenBlocker): string {
  const verb = kind === 'holder' ? 'holds' : kind === 'offer' ? 'has the offer of' : 'waits for';
  const process = alive === 'gone' || alive === 'stopped' ? `, its process is ${alive}` : '';
  const why = reason === '' ? '' : `: "${oneLine(reason, 80)}"`;
  return `${oneLine(agentId)} ${verb} ${oneLine(resource)} for ${durationText(heldForMs)} (idle ${durationText(idleForMs)}${process})${why}`;
}
