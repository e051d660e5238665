// Events as a preview tells them: what a command would log, in sentences, before anybody gives it.

import type { FleetEvent } from './event.ts';
import type { Foreseen } from './reply.ts';
import { sentenceOf } from './view/sentence.ts';

/** More than a person reads before pressing a button. */
export const EVENTS_TOLD = 100;

export function foreseen(events: readonly FleetEvent[]): Foreseen {
  const told = events.slice(0, EVENTS_TOLD).map((event) => {
    const { type, agentId = null, resource = null, token = null } = event;
    return { type, agentId, resource, token, sentence: sentenceOf(event) };
  });
  return { events: told, leftOut: events.length - told.length };
}
