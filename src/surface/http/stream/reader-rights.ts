// What whoever reads the log over HTTP may see of it. Facts are for everybody who may ask this server at all; what agents write
// to each other is for the addressee, the author and operators, as everywhere.

import type { FeedEvent } from '../../../app/coordinator.ts';
import type { Viewer } from '../rest/caller.ts';

/** Whether the text of the message is for this reader. True for every other fact. */
export function mayReadText(viewer: Viewer, event: FeedEvent): boolean {
  if (event.type !== 'message.sent' || viewer.kind === 'operator') return true;
  if (viewer.kind === 'anybody') return false;
  return event.to === '*' || event.to === viewer.agentId || event.actor === viewer.agentId;
}

/** This fact ends what the reader showed: its session is over, or the token is another one. */
export function endsRight(viewer: Viewer, event: FeedEvent): boolean {
  if (viewer.kind === 'operator') return event.type === 'operator.token_set' && event.kind === 'operator';
  const isEnd = event.type === 'session.closed' || event.type === 'session.lost';
  return isEnd && viewer.kind === 'session' && event.sessionId === viewer.sessionId;
}
