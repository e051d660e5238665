// SQLite's WAL needs memory that all its processes share, so they must run on one kernel. A network file system, or one
// that another kernel serves (virtual machines, some containers), looks as if it worked and then corrupts the log.

import { statfs } from 'node:fs/promises';
import { StoreFault } from '../../ports/event-store.ts';

/** Magic numbers of statfs(2) on Linux. Elsewhere the numbers mean something else and are not looked at. */
const sharedByOtherKernels: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE or virtiofs'],
  [0x786f4256, 'VirtualBox shared folders'],
  [0xbacbacbc, 'VMware shared folders'],
  [0x7c7c6673, 'Parallels shared folders'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
]);

/** Answers the file system's type number. */
export type FileSystemType = (folder: string) => Promise<number>;

export const fileSystemType: FileSystemType = async (folder) => (await statfs(folder)).type;

/** Throws STORE_UNSAFE when `folder` lies where another kernel could write too. Linux by type, Windows by UNC path. */
export async function expectOneKernel(
  folder: string,
  typeOf: FileSystemType,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const name = await otherKernel(folder, typeOf, platform);
  if (name === null) return;
  throw new StoreFault(
    'STORE_UNSAFE',
    `${folder} is on ${name}. A SQLite log there can be corrupted by a second kernel. Keep the log on a local disk ` +
      '(--store sqlite:PATH) and let the others in by `brigade serve`, or use Redis.',
    { details: { folder, fileSystem: name } },
  );
}

async function otherKernel(folder: string, typeOf: FileSystemType, platform: NodeJS.Platform): Promise<string | null> {
  if (platform === 'win32') return /^[\\/]{2}(?![?.])/.test(folder) ? 'a network share' : null;
  if (platform !== 'linux') return null;
  // Some kernels sign-extend the number.
  return sharedByOtherKernels.get((await typeOf(folder)) >>> 0) ?? null;
}
