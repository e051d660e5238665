// Opens an address in the browser of whoever sits here.

import { spawn } from 'node:child_process';

type Opener = readonly [program: string, ...args: readonly string[]];

/** False where there is no browser to open, or nothing that opens one. */
export async function openBrowser(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const opener = openerOf(process.platform, env);
  if (opener === null) return false;
  const [program, ...args] = opener;
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.unref();
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
  });
}

function openerOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Opener | null {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  // Without a screen a browser would be one in this terminal.
  return env.DISPLAY === undefined && env.WAYLAND_DISPLAY === undefined ? null : ['xdg-open'];
}
