// What an agent is told whose edit is denied: who is in its way, since when and why, what its place in line is, and what it
// can do instead. It may never have heard of Brigade, so the words explain themselves.

import type { Instant } from '../../core/instant.ts';
import { LIMITS } from '../../core/limits.ts';
import type { AcquireReply, Blocker } from '../../core/reply.ts';
import { durationText } from '../../core/view/duration-text.ts';
import { oneLine } from '../../core/view/one-line.ts';
import { pathText } from './path-text.ts';

export interface Denied {
  /** Fleet time now. */
  readonly at: Instant;
  /** The worktree from which names are seen. */
  readonly reader: string;
  readonly tool: string;
}

export function denialText(reply: AcquireReply, { at, reader, tool }: Denied): string {
  const [first, ...others] = reply.blockedBy;
  const why = first === undefined ? 'Others were here first.' : blockerText(first, at, reader);
  const more =
    others.length === 0 ? '' : ` ${others.length === 1 ? 'One more is' : `${others.length} more are`} in the way.`;
  return `${tool} was not carried out, and nothing was changed. ${why}${more} ${placeText(reply)} ${NEXT}`;
}

function blockerText(
  { kind, agentId, resource, since, activeAt, reason }: Blocker,
  at: Instant,
  reader: string,
): string {
  const what = pathText(resource, reader);
  const who = oneLine(agentId, 80);
  const forMs = durationText(Math.max(0, at - since));
  const said = reason === '' ? '' : ` (${oneLine(reason, 120)})`;
  if (kind === 'offer') return `${what} is kept for ${who}, whose turn it is since ${forMs}.`;
  if (kind === 'waiter') return `${who} has stood in line for ${what} for ${forMs}.`;
  return `${what} is held by ${who}${said} for ${forMs} now, and was last used ${durationText(Math.max(0, at - activeAt))} ago.`;
}

function placeText({ position, offeredUntil }: AcquireReply): string {
  if (offeredUntil !== null) return 'It is your turn: try the same edit again now.';
  return `You are number ${position ?? 1} in line.`;
}

const NEXT = `Do not work around this by another tool. Go on with something else, and try the same edit again in a minute: your place in line is kept for ${durationText(LIMITS.ticketMs)}, and when your turn comes the file is kept for you for ${durationText(LIMITS.claimMs)}. Read the file again before you edit it: it may have changed.`;

export function forbiddenText(path: string): string {
  return `${oneLine(path, 200)} belongs to Brigade, which coordinates the agents in this workspace, and is edited by no agent. Its policy is changed by an operator with \`brigade policy apply\`.`;
}
