// Debian's `libfaketime`, which tells a program another time than the machine's.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unpackPackage } from './debian-package.ts';

/** The library that tells a program another time. Where Debian's package is not installed it is taken apart in `folder`. */
export async function findFakeTime(folder: string): Promise<string> {
  const platform = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const path = `usr/lib/${platform}/faketime/libfaketime.so.1`;
  if (existsSync(`/${path}`)) return `/${path}`;
  return join(await unpackPackage('libfaketime', folder), path);
}
