// What is remembered of conversations by their Mcp-Session-Id, also beyond a restart of the server:
//
//   over         it ended by DELETE, or what its client followed is more than can be kept: its id is answered 404
//   following    its client follows resources: they are followed again for whoever shows the id
//   (nothing)    it followed nothing: whoever shows a handle goes on under the id
//
// Where nothing can be kept (the disk is full) a conversation goes on as it is, and is forgotten with the process.

import * as z from 'zod';
import { parseKey, type ResourceKey } from '../../../core/resource/resource-key.ts';
import type { Conversations } from '../../../ports/conversations.ts';
import type { Followed } from '../resources/subscriptions.ts';

export interface ConversationBookOptions {
  /** Null where nothing can be kept: no fleet was founded yet, or it lives in memory. */
  readonly notes: () => Conversations | null;
  readonly onTrouble: (error: unknown, what: string) => void;
}

export type Remembered = 'over' | { readonly followed: readonly Followed[] };

const ENDED_MAX = 10_000;
const OVER = '{"over":true}';

const key = z.custom<ResourceKey>((value) => typeof value === 'string' && isKey(value));
const interest = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['fleet', 'locks']) }),
  z.object({ kind: z.literal('lock'), key }),
  z.object({ kind: z.literal('agent'), agentId: z.string() }),
  z.object({ kind: z.literal('incident'), incident: z.int() }),
]);
const note = z.union([
  z.object({ over: z.literal(true) }),
  z.object({ followed: z.array(z.object({ uri: z.string(), interest })) }),
]);

export class ConversationBook {
  readonly #options: ConversationBookOptions;
  /** Ids that were ended by DELETE, the oldest first. */
  readonly #ended = new Set<string>();
  /** What is being noted of a conversation: one after the other, so that the last word is the one that holds. */
  readonly #writing = new Map<string, Promise<void>>();

  constructor(options: ConversationBookOptions) {
    this.#options = options;
  }

  /** It ended here, by DELETE. */
  isOver(id: string): boolean {
    return this.#ended.has(id);
  }

  /** What is known of a conversation that is not open here; null for nothing. */
  async look(id: string): Promise<Remembered | null> {
    try {
      await this.#writing.get(id);
      const text = await this.#options.notes()?.noteOf(id);
      return text == null ? null : read(text);
    } catch (error) {
      this.#options.onTrouble(error, 'what was noted of an MCP conversation cannot be read');
      return null;
    }
  }

  /** It is over from now on, and for good when this resolves. */
  async end(id: string): Promise<void> {
    this.#ended.add(id);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= ENDED_MAX) break;
      this.#ended.delete(oldest);
    }
    await this.#write(id, (notes) => notes.note(id, OVER));
  }

  /** Its client follows what `followed` answers when this is noted. */
  async follow(id: string, followed: () => readonly Followed[]): Promise<void> {
    await this.#write(id, async (notes) => {
      if (this.isOver(id)) return;
      const list = followed();
      if (list.length === 0) return notes.forget(id);
      const text = JSON.stringify({ followed: list });
      return notes.note(id, Buffer.byteLength(text) > notes.noteBytesMax ? OVER : text);
    });
  }

  async #write(id: string, write: (notes: Conversations) => Promise<void>): Promise<void> {
    const notes = this.#options.notes();
    if (notes === null) return;
    const before = this.#writing.get(id) ?? Promise.resolve();
    const written = before
      .then(() => write(notes))
      .catch((error: unknown) => {
        this.#options.onTrouble(error, 'an MCP conversation cannot be noted: it is forgotten when the server ends');
      });
    this.#writing.set(id, written);
    await written;
    if (this.#writing.get(id) === written) this.#writing.delete(id);
  }
}

/** A note of another version, or no note of ours, tells nothing that could be trusted: whoever comes begins anew. */
function read(text: string): Remembered {
  try {
    const { data } = note.safeParse(JSON.parse(text));
    return data === undefined || 'over' in data ? 'over' : data;
  } catch {
    // No JSON.
    return 'over';
  }
}

function isKey(text: string): boolean {
  try {
    parseKey(text as ResourceKey);
    return true;
  } catch {
    // It names no resource.
    return false;
  }
}
