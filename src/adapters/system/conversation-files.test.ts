import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openConversationFiles } from './conversation-files.ts';

async function folders() {
  const base = await mkdtemp(join(tmpdir(), 'brigade-conversations-'));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  const options = { base, fleetId: 'fleet-1', fleetFolder: join(base, 'workspace') };
  return { options, folder: join(base, 'fleet-1', 'conversations') };
}

describe('notes of conversations', () => {
  it('are there for the next process, replaced and forgotten, and say no id', async () => {
    const { options, folder } = await folders();
    const notes = openConversationFiles(options);
    expect(await notes.noteOf('secret-id')).toBeNull();
    await notes.note('secret-id', 'one');
    await notes.note('secret-id', 'two');
    await notes.note('another', 'three');
    expect(await openConversationFiles(options).noteOf('secret-id')).toBe('two');
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    expect(names.join()).not.toContain('secret');
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    await notes.forget('secret-id');
    await notes.forget('secret-id');
    expect([await notes.noteOf('secret-id'), await notes.noteOf('another')]).toEqual([null, 'three']);
  });

  it('are bounded: the oldest go, whoever wrote them', async () => {
    const { options, folder } = await folders();
    for (let round = 0; round < 6; round += 1) {
      const notes = openConversationFiles(options, 10);
      for (let i = 0; i < 8; i += 1) await notes.note(`c${round}-${i}`, 'x');
      expect((await readdir(folder)).length).toBeLessThanOrEqual(10 + 10);
    }
    const notes = openConversationFiles(options, 10);
    expect(await notes.noteOf('c0-0')).toBeNull();
    expect(await notes.noteOf('c5-7')).toBe('x');
  });

  it('are as long as they may be, and no longer', async () => {
    const { options } = await folders();
    const notes = openConversationFiles(options);
    const longest = 'é'.repeat(notes.noteBytesMax / 2);
    await notes.note('id', longest);
    expect(await notes.noteOf('id')).toBe(longest);
    await expect(notes.note('id', `${longest}x`)).rejects.toThrow(RangeError);
  });
});
