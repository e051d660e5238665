// A package of Debian for tests, taken apart in a folder of the test's own: nothing is installed, and no service is started.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The folder with its files. Rejects with how to install it where there is no way to it. */
export async function unpackPackage(name: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  try {
    await download(name, folder);
    const [file] = readdirSync(folder).filter((each) => each.endsWith('.deb'));
    await run('dpkg-deb', ['--extract', file ?? `${name}.deb`, 'files'], { cwd: folder });
  } catch (error) {
    const advice = `This test needs ${name} of Debian. Run \`apt-get update && apt-get install -y ${name}\` as root.`;
    throw new Error(advice, { cause: error });
  }
  return join(folder, 'files');
}

async function download(name: string, cwd: string): Promise<void> {
  try {
    await run('apt-get', ['download', name], { cwd });
  } catch {
    // A fresh container knows no packages yet.
    await run('apt-get', ['update'], { cwd });
    await run('apt-get', ['download', name], { cwd });
  }
}
