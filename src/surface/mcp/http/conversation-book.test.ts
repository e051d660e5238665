import { describe, expect, it } from 'vitest';
import type { ResourceKey } from '../../../core/resource/resource-key.ts';
import type { Conversations } from '../../../ports/conversations.ts';
import type { Followed } from '../resources/subscriptions.ts';
import { ConversationBook } from './conversation-book.ts';

const FLEET: Followed = { uri: 'brigade://fleet', interest: { kind: 'fleet' } };
const ALL: readonly Followed[] = [
  FLEET,
  { uri: 'brigade://locks', interest: { kind: 'locks' } },
  { uri: 'brigade://locks/task:a', interest: { kind: 'lock', key: 'task:a' as ResourceKey } },
  { uri: 'brigade://agents/ana', interest: { kind: 'agent', agentId: 'ana' } },
  { uri: 'brigade://incidents/3', interest: { kind: 'incident', incident: 3 } },
];

function rig({ fails = false }: { readonly fails?: boolean } = {}) {
  const kept = new Map<string, string>();
  const trouble: string[] = [];
  const begun = Promise.withResolvers<void>();
  const notes: Conversations = {
    noteBytesMax: 50_000,
    noteOf: (id) => (fails ? Promise.reject(new Error('EIO')) : Promise.resolve(kept.get(id) ?? null)),
    async note(id, text) {
      begun.resolve();
      // Longer ones take longer, so that one that is not waited for would come last.
      for (let turn = 0; turn < text.length; turn += 1) await Promise.resolve();
      if (fails) throw new Error('ENOSPC');
      kept.set(id, text);
    },
    forget: (id) => Promise.resolve(void kept.delete(id)),
  };
  const open = (): ConversationBook =>
    new ConversationBook({ notes: () => notes, onTrouble: (_error, what) => trouble.push(what) });
  return { kept, trouble, begun, book: open(), open };
}

describe('what is remembered of a conversation', () => {
  it('is what its client follows, of every kind, for the next server too', async () => {
    const { book, open } = rig();
    await book.follow('id', () => ALL);
    expect(await open().look('id')).toEqual({ followed: ALL });
    await book.follow('id', () => []);
    expect(await open().look('id')).toBeNull();
  });

  it('is its end, whatever was being noted', async () => {
    const { book, open, begun } = rig();
    const following = book.follow('id', () => ALL);
    await begun.promise;
    const end = book.end('id');
    expect(book.isOver('id')).toBe(true);
    await Promise.all([following, end, book.follow('id', () => [FLEET])]);
    expect(await book.look('id')).toBe('over');
    expect(await open().look('id')).toBe('over');
  });

  it('is that it must begin anew, where it follows more than is kept or the note cannot be understood', async () => {
    const { book, kept } = rig();
    await book.follow('id', () => [{ ...FLEET, uri: 'x'.repeat(60_000) }]);
    expect(await book.look('id')).toBe('over');
    for (const text of ['', '{', 'null', '{"followed":[{"uri":"x","interest":{"kind":"cooks"}}]}', '{"later":1}']) {
      kept.set('id', text);
      expect(await book.look('id')).toBe('over');
    }
  });

  it('is nothing where nothing can be kept, and that is said', async () => {
    const { book, trouble } = rig({ fails: true });
    await book.follow('id', () => ALL);
    await book.end('id');
    expect([book.isOver('id'), trouble.length]).toEqual([true, 2]);
    expect(await book.look('id')).toBeNull();
    const none = new ConversationBook({ notes: () => null, onTrouble: (_error, what) => trouble.push(what) });
    await none.end('id');
    expect([await none.look('id'), trouble.length]).toEqual([null, 3]);
  });
});
