// A message about an alert: the event itself and its sentence. Each try says the same, byte for byte, and is known by the same id.

import type { EventType, FleetEvent } from '../event.ts';
import type { DeliveryRow } from '../rows.ts';
import { sentenceOf } from '../view/sentence.ts';
import type { Heard } from './target.ts';

export interface OutgoingMessage extends Heard {
  /** The same for each try, and of no other message. Without a dot, because the signature puts dots around it. */
  readonly id: string;
  readonly fleetId: string;
  readonly type: EventType | 'alert.test';
  /** Number of the event; 0 for a test. */
  readonly number: number;
  /** One plain sentence. */
  readonly sentence: string;
  /** JSON. */
  readonly body: string;
}

/** The message that tells `event` to the target of `row`. */
export function messageOf(
  fleetId: string,
  row: DeliveryRow,
  event: FleetEvent & { readonly hash: string },
): OutgoingMessage {
  const { target, message, subject, code, severity } = row;
  const { request: _request, ...facts } = event;
  const sentence = sentenceOf(event);
  const data = { fleetId, subject, code, severity, sentence, event: inOrder(facts) };
  const body = JSON.stringify({ type: event.type, timestamp: event.wallAt, data });
  const id = `brigade_${fleetId}_${target}_${message}`;
  return { id, fleetId, type: event.type, number: message, code, severity, sentence, body };
}

/** A message that tells nothing, to see whether it arrives. */
export function testMessage(fleetId: string, target: string, fresh: string, wallAt: string): OutgoingMessage {
  const sentence = `This is a test of ${target}; nothing is wrong`;
  const type = 'alert.test';
  const body = JSON.stringify({ type, timestamp: wallAt, data: { fleetId, sentence } });
  const id = `brigade_${fleetId}_${target}_test_${fresh}`;
  return { id, fleetId, type, number: 0, code: 'contention', severity: 'info', sentence, body };
}

/** An event is made here or read from the log; whichever it is, its fields stand in one order. */
function inOrder(facts: object): object {
  return Object.fromEntries(Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
