// Opens an address in the browser of whoever sits here: the one that BROWSER names (several by colons, `%s` for the address), or
// else whatever the desktop opens addresses with.

import { spawn } from 'node:child_process';

type Opener = readonly [program: string, ...args: readonly string[]];

/** A program that still runs after this is a browser that was not there before, and opened what it was given. */
const STAYS_MS = 5_000;

/** False where there is no browser to open, or nothing that opens one. */
export async function openBrowser(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const opener of openersOf(process.platform, env)) {
    if (await opens(opener, url)) return true;
  }
  return false;
}

function openersOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly Opener[] {
  const named = (platform === 'win32' ? '' : (env.BROWSER ?? '')).split(':').flatMap((command) => {
    const [program, ...args] = command.split(' ').filter((part) => part !== '');
    return program === undefined ? [] : [[program, ...args] as const];
  });
  return [...named, ...desktopOf(platform, env)];
}

function desktopOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly Opener[] {
  if (platform === 'darwin') return [['open']];
  if (platform === 'win32') return [['rundll32', 'url.dll,FileProtocolHandler']];
  // Without a screen a browser would be one in this terminal.
  return env.DISPLAY === undefined && env.WAYLAND_DISPLAY === undefined ? [] : [['xdg-open']];
}

function opens([program, ...args]: Opener, url: string): Promise<boolean> {
  const isPlaced = args.some((arg) => arg.includes('%s'));
  const given = isPlaced ? args.map((arg) => arg.replaceAll('%s', url)) : [...args, url];
  const child = spawn(program, given, { stdio: 'ignore', detached: true });
  child.unref();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), STAYS_MS).unref();
    const over = (isOpen: boolean): void => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.once('error', () => over(false));
    child.once('exit', (code) => over(code === 0));
  });
}
