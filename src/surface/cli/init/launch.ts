// How a client starts Brigade. A file that others get through git names no path of this machine: it lets npx fetch the version.
// A file of this user names the Node that runs now and the installed programs, so that nothing has to be found on a PATH, which
// clients with a window of their own often do not have.

import { existsSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageVersion } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { JsonObject } from './merge/config-file.ts';

/** For whom a file is. `local`: for this user, in this workspace. */
export type Audience = 'shared' | 'local' | 'user';

export interface Launch {
  /** Command and arguments of `brigade mcp` for a file of that audience. */
  server(audience: Audience, args: readonly string[]): JsonObject;
  /** The command line of a hook; never for a shared file. */
  hook(args: readonly string[]): string;
  /** How git is to start `brigade` here. */
  readonly git: readonly string[];
}

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const BRIGADE = fileURLToPath(new URL('../../../../bin/brigade.js', import.meta.url));
const HOOK = fileURLToPath(new URL('../../../../bin/brigade-hook.js', import.meta.url));

export function launchHere(node: string): Launch {
  const [major] = packageVersion().split('.');
  return {
    server: (audience, args) =>
      audience === 'shared'
        ? { command: 'npx', args: ['-y', `brigade@${major}`, 'mcp', ...args] }
        : { command: node, args: [BRIGADE, 'mcp', ...args] },
    hook: (args) => [node, HOOK, ...args].map(quoted).join(' '),
    git: [node, BRIGADE],
  };
}

/** True where the program that hooks start is part of this installation. */
export function hasHookProgram(): boolean {
  return existsSync(HOOK);
}

/** npx keeps what it fetched only until it is cleaned away: a path into it is no path to write down. */
export function refuseUnkeptInstall(): Rejection | null {
  if (!root.includes(`${sep}_npx${sep}`)) return null;
  return reject('INVALID_ARGUMENT', {
    message:
      'This Brigade runs from the cache of npx, which may be emptied, and a file of yours would name a path in it.',
    next: 'Install it (npm install --global brigade) and run brigade init again; or without hooks, with --scope project.',
    details: { path: root },
  });
}

/** True for a clone: what npx would fetch is another Brigade, if there is one. */
export function isFromSources(): boolean {
  return existsSync(fileURLToPath(new URL('../../../../src/compose.ts', import.meta.url)));
}

/** For sh and for cmd alike: double quotes, where there is anything that they would take for something else. */
function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word.replaceAll(/(["$`])/g, '\\$1')}"`;
}
