// Which folders and files of the fleet others can read.

import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { shellWord } from '../../../core/view/shell-word.ts';
import type { Checked, Finding } from './doctor-report.ts';

/** Folders and secrets that others can read. `secretFile`: written by hand, and holds one. */
export async function checkFolders(
  folders: readonly { readonly path: string; readonly what: string }[],
  secretFile: string | null,
): Promise<Checked> {
  const findings: Finding[] = [];
  const seen: string[] = [];
  for (const { path, what } of folders) {
    const found = await statOrNull(path);
    if (found === null) continue;
    seen.push(path);
    findings.push(...openTo(path, what, found, secretFile));
    for (const name of await readdir(path)) {
      const file = await statOrNull(join(path, name));
      if (file?.isFile() === true) findings.push(...openTo(join(path, name), `a file of ${what}`, file, secretFile));
    }
  }
  return { name: 'folders', detail: seen.length === 0 ? 'none yet' : seen.join(', '), findings };
}

/** No secrets, and made by an editor with the mode that it gives everything. */
const WRITTEN_BY_HAND: ReadonlySet<string> = new Set(['policy.json', 'config.json']);

function openTo(path: string, what: string, { mode, uid }: Stats, secretFile: string | null): readonly Finding[] {
  if (process.platform === 'win32') return [];
  const isOwn = process.getuid === undefined || uid === process.getuid();
  const isPlain = WRITTEN_BY_HAND.has(basename(path)) && path !== secretFile;
  const isOpen = (mode & (isPlain ? 0o022 : 0o077)) !== 0 && !path.endsWith('.gitignore');
  if (isOwn && !isOpen) return [];
  return [
    {
      code: 'FOLDER_OPEN',
      message: isOwn
        ? `${path} (${what}) is open to others: its mode is ${(mode & 0o777).toString(8)}.`
        : `${path} (${what}) belongs to somebody else.`,
      next: isOwn ? `chmod go-rwx ${shellWord(path)}` : 'Find out who put it there before you trust it.',
    },
  ];
}

async function statOrNull(path: string): Promise<Stats | null> {
  // Not there: nothing to look at.
  return stat(path).then(
    (found) => found,
    () => null,
  );
}
