// What an agent writes to others and what it is written, through a seat. A message that an answer carried is taken as read
// when the next read of the same session arrives; see `Standing`.

import type { MessageKind } from '../../core/event.ts';
import { LIMITS } from '../../core/limits.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type * as replies from '../../core/reply.ts';
import type { ResourceKey } from '../../core/resource/resource-key.ts';
import type { Call } from './call.ts';
import type { Worktree } from './occupant.ts';
import type { SeatOutcome } from './seat-outcome.ts';
import type { SessionCalls } from './session-calls.ts';

export interface MessageArguments {
  /** An agent id, or `*` for everybody. */
  readonly to: string;
  readonly text: string;
  readonly kind?: MessageKind | undefined;
  readonly replyTo?: string | undefined;
  /** What the addressee holds and is asked about, as Brigade shows it or as the caller would name it. */
  readonly resource?: string | undefined;
}

export interface ReadArguments {
  /** A cursor that was answered: everything up to it is read. Without it, reading goes on where it stood; 0 shows all. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
  /** Waits so long for a message where there is none. */
  readonly waitMs?: number | undefined;
}

/** The stored key of a name as it is read in a worktree. */
type KeyIn = (name: string, worktree: Worktree) => Promise<ResourceKey | Rejection>;

export class MessageCalls {
  readonly #calls: SessionCalls;
  readonly #keyIn: KeyIn;

  constructor(calls: SessionCalls, keyIn: KeyIn) {
    this.#calls = calls;
    this.#keyIn = keyIn;
  }

  send(asked: MessageArguments, call: Call = {}): Promise<SeatOutcome<replies.SendMessageReply>> {
    const { to, text, kind = 'info', replyTo = null, resource: name = null } = asked;
    const body = { op: 'send_message', to, kind, text, replyTo } as const;
    return this.#calls.act('send_message', call, {
      asked: { ...body, resource: name },
      body: async (worktree) => {
        const resource = name === null ? null : await this.#keyIn(name, worktree);
        return isRejection(resource) ? resource : { ...body, resource };
      },
    });
  }

  read(asked: ReadArguments = {}, call: Call = {}): Promise<SeatOutcome<replies.ReadMessagesReply>> {
    const { after = null, limit = LIMITS.messagesPerPage, waitMs = 0 } = asked;
    return this.#calls.act('read_messages', call, {
      asked: { op: 'read_messages', after, limit },
      body: () => ({ op: 'read_messages', after, seen: 0, limit, waitMs }),
    });
  }
}
