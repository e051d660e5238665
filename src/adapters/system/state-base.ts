// Where the user's state folder is: outside every workspace, so that neither `rm -rf .brigade` nor `git clean` reaches it.
//
//   anywhere  $XDG_STATE_HOME/brigade, when that is an absolute path (a relative one is ignored, as the standard says)
//   Linux     ~/.local/state/brigade
//   macOS     ~/Library/Application Support/brigade
//   Windows   %LOCALAPPDATA%\brigade
//
// Inside: one folder per fleet, `locations/`, the key of the user's desks, and `machine-id` where the system has none.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of all fleets of this user; it need not exist. */
export function stateBase(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const xdg = env.XDG_STATE_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'brigade');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'brigade');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'brigade');
  return join(homedir(), '.local', 'state', 'brigade');
}
