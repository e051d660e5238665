// A naive post office: who was sent what, what came back as read, and what readers were shown. Nobody misses a message: what
// counts as read was heard by a reader before. A message may come twice, and never out of order.

import type { FleetEvent } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { mailOf, readUpToOf } from '../../src/core/message/mailbox.ts';
import type { ReadMessagesReply } from '../../src/core/reply.ts';
import { BrokenPromise } from '../support/witness.ts';

interface Letter {
  readonly seq: number;
  readonly from: string;
  readonly to: string;
}

export class MailJudge {
  #letters: Letter[] = [];
  readonly #readUpTo = new Map<string, number>();
  readonly #registeredSeq = new Map<string, number>();
  /** What readers have heard: `<agent> <number>`. */
  readonly #heard = new Set<string>();
  #restarts = 0;
  /** Numbers were given a second time: what was heard of is not to be told apart any more. */
  #isForked = false;

  /** How often the log began anew: an answer from before says nothing of what there is now. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Reads one event of the log. Throws when something counts as read that nobody was shown. */
  read(event: FleetEvent): void {
    const { seq, agentId = '', actor } = event;
    switch (event.type) {
      case 'agent.registered':
      case 'agent.imported':
      case 'history.imported':
        if (!this.#registeredSeq.has(agentId)) this.#registeredSeq.set(agentId, seq);
        return;
      case 'message.sent':
        this.#letters.push({ seq, from: event.agentId ?? actor, to: event.to });
        return;
      case 'messages.read': {
        const missed = this.#unread(agentId).find(
          (letter) => letter.seq <= event.upTo && !this.#wasHeard(agentId, letter),
        );
        if (missed !== undefined && !this.#isForked)
          throw new BrokenPromise('mail', `${missed.seq} counts as read by ${agentId}, who was never shown it`);
        this.#readUpTo.set(agentId, Math.max(event.upTo, this.#cursorOf(agentId)));
        return;
      }
      default:
    }
  }

  /**
   * A reader has heard this answer to a read after `after`, which it asked for after so many restarts of the log. Throws when it
   * left something out, or is out of order.
   */
  hear(agentId: string, after: number | null, { messages, cursor }: ReadMessagesReply, restarts: number): void {
    const numbers = messages.map(({ seq }) => seq);
    const last = numbers.at(-1);
    if (last === undefined) return;
    const told = `${agentId} was shown ${numbers.join(', ')} after ${after}`;
    const isInOrder = numbers.every((seq, i) => seq > (numbers[i - 1] ?? after ?? 0));
    if (!isInOrder || cursor !== last) throw new BrokenPromise('mail', `${told}, up to ${cursor}`);
    for (const seq of numbers) this.#heard.add(`${agentId} ${seq}`);
    if (restarts !== this.#restarts) return;
    const from = after ?? this.#cursorOf(agentId);
    const between = this.#letters.filter((each) => isFor(each, agentId) && each.seq > from && each.seq < last);
    const leftOut = between.find(({ seq }) => !numbers.includes(seq));
    if (leftOut !== undefined) throw new BrokenPromise('mail', `${told}, without ${leftOut.seq}`);
  }

  /** After an epoch started: what its state knows of. What was heard was heard. */
  restart(state: FleetState): void {
    this.#restarts += 1;
    this.#letters = [...state.messages.rows()].map(({ seq, from, to }) => ({ seq, from, to }));
    this.#readUpTo.clear();
    this.#registeredSeq.clear();
    for (const { agentId, readUpTo } of state.mailboxes.rows()) this.#readUpTo.set(agentId, readUpTo);
    for (const { agentId, registeredSeq } of state.agents.rows()) this.#registeredSeq.set(agentId, registeredSeq);
  }

  /** Somebody who did not know what was lost goes on where the log ends now, with numbers that others know already. */
  fork(state: FleetState): void {
    this.restart(state);
    this.#isForked = true;
  }

  /** Throws when the state has other mail for somebody than was sent and not read. */
  compare(state: FleetState): void {
    for (const { agentId } of state.agents.rows()) {
      const kept = mailOf(state, agentId, readUpToOf(state, agentId)).map(({ seq }) => seq);
      const sent = this.#unread(agentId).map(({ seq }) => seq);
      if (kept.join() !== sent.join())
        throw new BrokenPromise('mail', `${agentId} was sent ${sent.join()} and has ${kept.join()}`);
    }
  }

  #cursorOf(agentId: string): number {
    return this.#readUpTo.get(agentId) ?? this.#registeredSeq.get(agentId) ?? 0;
  }

  #unread(agentId: string): readonly Letter[] {
    const from = this.#cursorOf(agentId);
    return this.#letters.filter((each) => isFor(each, agentId) && each.seq > from);
  }

  #wasHeard(agentId: string, { seq }: Letter): boolean {
    return this.#heard.has(`${agentId} ${seq}`);
  }
}

function isFor({ from, to }: Letter, agentId: string): boolean {
  return to === agentId || (to === '*' && from !== agentId);
}
