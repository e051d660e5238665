import { describe, expect, it } from 'vitest';
import { expectOneKernel } from './file-system-check.ts';

const ext4 = 0xef53;

describe('where a SQLite log may lie', () => {
  it.each([
    ['ext4', ext4],
    ['tmpfs', 0x01021994],
    ['btrfs', 0x9123683e],
    ['overlayfs', 0x794c7630],
    ['xfs', 0x58465342],
  ])('on %s', async (_name, type) => {
    await expect(expectOneKernel('/work', () => Promise.resolve(type), 'linux')).resolves.toBeUndefined();
  });

  it.each([
    ['NFS', 0x6969],
    ['CIFS', 0xff534d42],
    ['CIFS as a negative number', 0xff534d42 | 0],
    ['9p', 0x01021997],
    ['virtiofs', 0x65735546],
  ])('not on %s', async (_name, type) => {
    await expect(expectOneKernel('/work', () => Promise.resolve(type), 'linux')).rejects.toMatchObject({
      code: 'STORE_UNSAFE',
    });
  });

  it('not on a Windows share, but on a Windows disk', async () => {
    const never = () => Promise.reject(new Error('not asked'));
    await expect(expectOneKernel('\\\\server\\share\\x', never, 'win32')).rejects.toMatchObject({
      code: 'STORE_UNSAFE',
    });
    await expect(expectOneKernel('C:\\work', never, 'win32')).resolves.toBeUndefined();
    await expect(expectOneKernel('\\\\?\\C:\\work', never, 'win32')).resolves.toBeUndefined();
  });

  it('anywhere on a system whose numbers mean something else', async () => {
    await expect(expectOneKernel('/work', () => Promise.resolve(0x6969), 'darwin')).resolves.toBeUndefined();
  });
});
