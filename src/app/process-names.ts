// What the short name of a process tells: whether it only starts others, or takes in those that nobody is left for.

import type { ProcessRow } from '../ports/process-table.ts';

type Named = Pick<ProcessRow, 'name'>;

/** `npm exec`, which is what `npx` becomes; it lives as long as the command it started. */
export function isLauncher({ name }: Named): boolean {
  return /^(npm exec|npx)\b/.test(name);
}

export function isShell({ name }: Named): boolean {
  return /^-?(\S*\/)?(sh|bash|dash|zsh|ash|ksh|fish|pwsh)\b/.test(name);
}

/** The system's first process or one that stands in for it: it becomes the parent of whoever has lost his own. */
export function isSystem({ name }: Named): boolean {
  return /^(\S*\/)?(systemd|init|launchd|tini|dumb-init|docker-init|catatonit|s6-svscan|runit)\b/.test(name);
}
