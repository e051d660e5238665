// Too many stand in line for one resource, or one of them waits for too long. It is over when there is half of that at most, so
// that it does not come and go with each waiter.

import type { FleetState } from '../../fleet-state.ts';
import type { TicketRow } from '../../rows.ts';
import { durationText } from '../../view/duration-text.ts';
import { shellWord } from '../../view/shell-word.ts';
import type { AlertCause } from '../alert.ts';
import type { LastingCause, Look } from '../look.ts';
import { holdersBefore, isHeldAgainst, type Line, waitsSince } from '../waits.ts';
import { inWords, listed, named, sentence } from '../wording.ts';

export const contention: LastingCause = {
  codes: ['contention'],
  *find(look) {
    const { waitMs, queueLength } = look.policy.alerts;
    for (const line of look.waits.lines.values()) {
      if (isPast(look, line, waitMs, queueLength))
        yield { code: 'contention', subject: line.resource, cause: () => causeOf(look, line) };
    }
  },
  isOver(look, { subject }) {
    const { waitMs, queueLength } = look.policy.alerts;
    const line = look.waits.lines.get(subject);
    if (line !== undefined && isPast(look, line, waitMs / 2, Math.floor(queueLength / 2))) return null;
    return { why: `Nobody waits for ${inWords(subject)} for long any more, and few stand in line.`, ended: false };
  },
};

/** Whoever came first has waited longest, unless it was paused. */
function isPast({ state, at }: Look, { tickets }: Line, waitMs: number, queueLength: number): boolean {
  if (tickets.length > queueLength) return true;
  return tickets.some((ticket) => at - waitsSince(state, ticket) > waitMs);
}

/** Null where those in line wait for something else that they asked for besides. */
function causeOf(look: Look, line: Line): AlertCause | null {
  const { state, at } = look;
  const holders = holdersBefore(state, line);
  const blocked = line.tickets.filter((ticket, i) => isBlockedHere(state, line, holders, ticket, i));
  const { waitMs, queueLength } = look.policy.alerts;
  const longest = Math.max(0, ...blocked.map((ticket) => at - waitsSince(state, ticket)));
  if (longest <= waitMs && blocked.length <= queueLength) return null;
  const first = blocked.find((ticket) => at - waitsSince(state, ticket) === longest) as TicketRow;
  const held = listed(holders.filter((lease) => isHeldAgainst(state, lease, first)).map(({ agentId }) => agentId));
  const by = held.length === 0 ? '' : `, which ${named(held)} ${held.length === 1 ? 'holds' : 'hold'}`;
  const where = inWords(line.resource);
  const word = shellWord(where);
  const others = blocked.length === 1 ? 'Nobody else waits for it' : `${blocked.length} stand in line`;
  return {
    code: 'contention',
    subject: line.resource,
    agents: listed([...held, ...blocked.map(({ agentId }) => agentId)]),
    resources: [line.resource],
    text: sentence(`${first.agentId} has waited ${durationText(longest)} for ${where}${by}. ${others}.`),
    next: `Look who holds it and why (brigade diagnose ${word}), ask for it (brigade ask ${word} "${first.agentId} waits for it"), or begin with something else.`,
    evidence: { waiting: blocked.length, waitedMs: longest, ticket: first.ticket, holders: held.length },
  };
}

/** Held against it, or somebody came before; the only thing that it waits for is it, whoever stands in the way. */
function isBlockedHere(
  state: FleetState,
  { tickets }: Line,
  holders: ReturnType<typeof holdersBefore>,
  ticket: TicketRow,
  place: number,
): boolean {
  if (place > 0 && tickets[0]?.sessionId !== ticket.sessionId) return true;
  return ticket.resources.length === 1 || holders.some((lease) => isHeldAgainst(state, lease, ticket));
}
