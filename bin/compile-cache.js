// Keeps compiled code between starts, which takes a good part off the start-up time of every command. It lives in the
// user's state folder and not in the shared temporary folder, because cached code of somebody else would run as ours.

import { mkdirSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Turns the cache on. Without a state folder that can be written, the program only starts slower. */
export function enableCompileCache() {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return;
  const folder = join(stateBase(), 'compile-cache');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    module.enableCompileCache(folder);
  } catch (error) {
    if (process.env.BRIGADE_LOG_LEVEL === 'debug')
      process.stderr.write(`brigade: no compile cache: ${String(error)}\n`);
  }
}

/** The same folder as src/adapters/system/state-base.ts, which cannot be imported before the cache is on. */
function stateBase() {
  const { XDG_STATE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'brigade');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'brigade');
  if (process.platform === 'win32') return join(local ?? join(homedir(), 'AppData', 'Local'), 'brigade');
  return join(homedir(), '.local', 'state', 'brigade');
}
