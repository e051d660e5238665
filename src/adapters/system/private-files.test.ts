import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createPrivateFile,
  ensurePrivateFolder,
  readPrivateFile,
  removePrivateFile,
  writePrivateFile,
} from './private-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-private-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'secret');
const hasModes = process.platform !== 'win32';

function modeOf(of: string): string {
  return (statSync(of).mode & 0o777).toString(8);
}

describe.runIf(hasModes)('modes', () => {
  it('are 0600 for files and 0700 for folders, also the folders above', async () => {
    await ensurePrivateFolder(join(folder, 'a', 'b'));
    await writePrivateFile(path(), 'x');
    expect([modeOf(join(folder, 'a')), modeOf(join(folder, 'a', 'b')), modeOf(path())]).toEqual(['700', '700', '600']);
  });

  it.each([0o640, 0o604, 0o660])('%s on a file: refused, with the way to mend it', async (mode) => {
    await writePrivateFile(path(), 'x');
    chmodSync(path(), mode);
    await expect(readPrivateFile(path())).rejects.toMatchObject({
      rejection: { code: 'CREDENTIAL_WRONG', next: `Run: chmod 600 ${path()}` },
    });
  });

  it('0755 on a folder: refused, with the way to mend it', async () => {
    const open = join(folder, 'open');
    mkdirSync(open, { mode: 0o755 });
    await expect(ensurePrivateFolder(open)).rejects.toMatchObject({
      rejection: { code: 'STORE_UNSAFE', next: `Run: chmod 700 ${open}` },
    });
  });

  it('a link in the place of a file is refused', async () => {
    await writePrivateFile(join(folder, 'elsewhere'), 'x');
    symlinkSync(join(folder, 'elsewhere'), path());
    await expect(readPrivateFile(path())).rejects.toMatchObject({ rejection: { code: 'CREDENTIAL_WRONG' } });
  });
});

describe('reading', () => {
  it('answers null where there is nothing, also no folder', async () => {
    expect(await readPrivateFile(path())).toBeNull();
    expect(await readPrivateFile(join(folder, 'none', 'secret'))).toBeNull();
    writeFileSync(path(), 'x', { mode: 0o600 });
    expect(await readPrivateFile(join(path(), 'below'))).toBeNull();
  });

  it('refuses what is too large to be ours', async () => {
    writeFileSync(path(), 'x'.repeat(64 * 1024 + 1), { mode: 0o600 });
    await expect(readPrivateFile(path())).rejects.toMatchObject({ rejection: { code: 'CREDENTIAL_WRONG' } });
  });
});

describe('writing', () => {
  it('replaces the whole text and leaves nothing else behind', async () => {
    await writePrivateFile(path(), 'a longer text');
    await writePrivateFile(path(), 'short');
    expect(await readPrivateFile(path())).toBe('short');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('is never seen half done by readers beside it', async () => {
    const texts = ['a'.repeat(20_000), 'b'.repeat(20_000)];
    await writePrivateFile(path(), texts[0] ?? '');
    const writes = Array.from({ length: 20 }, (_, index) => writePrivateFile(path(), texts[index % 2] ?? ''));
    const reads = Array.from({ length: 60 }, () => readPrivateFile(path()));
    await Promise.all(writes);
    for (const text of await Promise.all(reads)) expect(texts).toContain(text);
  });
});

it('of many that create, exactly one does, and its text stays', async () => {
  const created = await Promise.all(
    Array.from({ length: 20 }, (_, index) => createPrivateFile(path(), `text ${index}`)),
  );
  expect(created.filter(Boolean)).toHaveLength(1);
  expect(await readPrivateFile(path())).toBe(`text ${created.indexOf(true)}`);
  expect(readdirSync(folder)).toEqual(['secret']);
});

describe('removing', () => {
  it('removes what may go, once', async () => {
    await writePrivateFile(path(), 'old');
    const removed = await Promise.all(
      Array.from({ length: 5 }, () => removePrivateFile(path(), (text) => text === 'old')),
    );
    expect(removed.filter(Boolean)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('puts back what may not go', async () => {
    await writePrivateFile(path(), 'new');
    expect(await removePrivateFile(path(), (text) => text === 'old')).toBe(false);
    expect(await readPrivateFile(path())).toBe('new');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('puts back what may not go when it is judged again, moved aside', async () => {
    await writePrivateFile(path(), 'text');
    const verdicts = [true, false];
    expect(await removePrivateFile(path(), () => verdicts.shift() === true)).toBe(false);
    expect(await readPrivateFile(path())).toBe('text');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('leaves alone what another process put there meanwhile', async () => {
    await writePrivateFile(path(), 'older');
    let judged = 0;
    const mayGo = () => {
      judged += 1;
      if (judged === 1) return true;
      // Moved aside by now, and another process is faster than the way back.
      writeFileSync(path(), 'newest', { mode: 0o600 });
      return false;
    };
    expect(await removePrivateFile(path(), mayGo)).toBe(false);
    expect(judged).toBe(2);
    expect(await readPrivateFile(path())).toBe('newest');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('of nothing is nothing', async () => {
    expect(await removePrivateFile(path(), () => true)).toBe(false);
    expect(existsSync(path())).toBe(false);
  });
});
