// Keeps compiled code between starts, which takes a good part off the start-up time of every command. It lives in the
// user's state folder and not in the shared temporary folder, because cached code of somebody else would run as ours.

import { mkdirSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Turns the cache on. Without a state folder that can be written, the program only starts slower. */
export function enableCompileCache() {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return;
  const folder = join(stateHome(), 'brigade', 'compile-cache');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    module.enableCompileCache(folder);
  } catch (error) {
    if (process.env.BRIGADE_LOG_LEVEL === 'debug')
      process.stderr.write(`brigade: no compile cache: ${String(error)}\n`);
  }
}

function stateHome() {
  if (process.env.XDG_STATE_HOME) return process.env.XDG_STATE_HOME;
  if (process.platform === 'win32' && process.env.LOCALAPPDATA) return process.env.LOCALAPPDATA;
  return join(homedir(), '.local', 'state');
}
