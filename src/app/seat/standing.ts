// One session that this process acts for, by its secret handle. It remembers what the agent has been told, so that a
// notice or a message is confirmed by the call after the one that carried it, and whether this process is one of the
// session's attachments, so that it can leave when it ends.

import type { Caller } from '../../core/command.ts';
import { isRejection } from '../../core/rejection.ts';
import type { Answer } from '../../core/reply.ts';
import type { Notice } from '../../core/rows.ts';
import type { Worktree } from './occupant.ts';
import type { Acting } from './seat-outcome.ts';

export interface SessionFacts {
  readonly handle: string;
  readonly handleHash: string;
  /** Null while this process knows the handle and nothing more. */
  readonly acting: Acting | null;
  readonly worktree: Worktree;
  /** The attachment by which this process acts for the session; null when it is none of its processes. */
  readonly attachmentId: string | null;
}

export class Standing {
  #facts: SessionFacts;
  #noticesSeen = 0;
  /** Up to where messages were carried by answers, and up to where the call under way confirms them. */
  #mailCarried = 0;
  #mailConfirmed = 0;
  #readId: string | null = null;

  constructor(facts: SessionFacts) {
    this.#facts = facts;
  }

  get facts(): SessionFacts {
    return this.#facts;
  }

  /** Notes what the log says about the session, or that this process became one of its processes. */
  learn(facts: Partial<Pick<SessionFacts, 'acting' | 'worktree' | 'attachmentId'>>): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  /** The asking side of the next command; it confirms the notices that earlier answers carried. */
  caller(): Caller {
    const base = { kind: 'session', handleHash: this.#facts.handleHash } as const;
    return this.#noticesSeen === 0 ? base : { ...base, noticesSeen: this.#noticesSeen };
  }

  /** Up to where the next read of messages says that they were seen. The repeat of a read, whose answer was lost, says no more. */
  confirmMail(requestId: string | undefined): number {
    if (requestId === undefined || requestId !== this.#readId) this.#mailConfirmed = this.#mailCarried;
    this.#readId = requestId ?? null;
    return this.#mailConfirmed;
  }

  /** Notes what `answer` carries of messages, before `hear`. */
  hearMail(answer: Answer): void {
    if (isRejection(answer) || answer.op !== 'read_messages') return;
    this.#mailCarried = Math.max(this.#mailCarried, answer.cursor);
  }

  /** Notes that an answer carries `notices`; answers those that no earlier answer carried, save of messages read already. */
  hear(notices: readonly Notice[]): readonly Notice[] {
    const fresh = notices.filter((notice) => notice.seq > this.#noticesSeen);
    for (const notice of fresh) this.#noticesSeen = Math.max(this.#noticesSeen, notice.seq);
    return fresh.filter((notice) => notice.kind !== 'message' || notice.seq > this.#mailCarried);
  }
}
