// What is seen of processes right before a rescue is decided, so that the decision rests on a look and not on what somebody
// was told a while ago. Whatever a caller says it saw is replaced.

import type { RescueCommand } from '../core/command.ts';
import type { FleetState } from '../core/fleet-state.ts';
import { type SeenSession, sessionNamedIn } from '../core/rescue/seen.ts';
import type { PresenceSurvey } from './presence.ts';

/** `command` with what is seen now of the session that its finding is about. */
export async function withEvidence(
  command: RescueCommand,
  state: FleetState,
  presence: PresenceSurvey,
): Promise<RescueCommand> {
  const session = sessionNamedIn(state, command.finding);
  if (session === null) return { ...command, seen: [] };
  const { sessionId } = session;
  const attachmentIds = session.attachments.map(({ attachmentId }) => attachmentId);
  const dead = await presence.check(state, [sessionId]);
  const seen: SeenSession = {
    sessionId,
    presence: presence.presenceOf(sessionId),
    attachmentIds,
    dead,
  };
  return { ...command, seen: [seen] };
}
