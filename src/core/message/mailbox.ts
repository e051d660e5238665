// Who may see which messages. An agent's mail is what is addressed to it and what is addressed to everybody; its own
// messages to everybody are not mail to it. Up to where it has read is one number, for all of its sessions.

import type { FleetState } from '../fleet-state.ts';
import type { MessageRow } from '../rows.ts';

/** The addressee that means everybody. */
export const EVERYBODY = '*';

const OPERATOR = 'operator:';

/** An operator, who has no mailbox, as the author or addressee of a message. */
export function isOperator(name: string): boolean {
  return name.startsWith(OPERATOR);
}

/**
 * Up to which number the agent has read. What everybody was told before it was registered counts as read: nobody meant it,
 * and a newcomer need not go through it.
 */
export function readUpToOf(state: FleetState, agentId: string): number {
  return state.mailboxes.get(agentId)?.readUpTo ?? state.agents.get(agentId)?.registeredSeq ?? 0;
}

/** Messages that are kept for the agent with a number above `after`, oldest first. */
export function mailOf(state: FleetState, agentId: string, after: number): readonly MessageRow[] {
  const mail: MessageRow[] = [];
  for (const to of [agentId, EVERYBODY]) {
    for (const row of state.messages.in('to', to)) if (row.seq > after && isMailOf(row, agentId)) mail.push(row);
  }
  return mail.toSorted((a, b) => a.seq - b.seq);
}

/** Whether there are any. */
export function hasMail(state: FleetState, agentId: string, after: number): boolean {
  for (const to of [agentId, EVERYBODY]) {
    for (const row of state.messages.in('to', to)) if (row.seq > after && isMailOf(row, agentId)) return true;
  }
  return false;
}

/** `name`, an agent or an operator, wrote it, or it is addressed to it or to everybody; operators may see all. */
export function maySee(row: MessageRow, name: string): boolean {
  return isOperator(name) || row.from === name || row.to === name || row.to === EVERYBODY;
}

function isMailOf(row: MessageRow, agentId: string): boolean {
  return row.to === agentId || row.from !== agentId;
}
