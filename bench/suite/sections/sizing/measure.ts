// What commands over the whole log take.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brigadeBin } from '../../../../test/support/brigade-bin.ts';
import { longLog } from '../../../support/long-log.ts';
import type { Ask, Row } from '../../section.ts';

const EVENTS = 100_000;
const QUICK_EVENTS = 20_000;
const LOOK_MS = 10;
const MIB = 2 ** 20;

export async function measure({ isQuick }: Ask): Promise<readonly Row[]> {
  const events = isQuick ? QUICK_EVENTS : EVENTS;
  const at = await longLog(events);
  const folder = mkdtempSync(join(tmpdir(), 'brigade-sizing-'));
  const bytes = statSync(join(at.root, '.brigade', 'brigade.db')).size;
  const row = (name: string, what: string, cells: Row['cells']): Row => ({
    id: `sizing.${name}`,
    what,
    size: events,
    survives: 'none',
    cells,
  });
  try {
    const backup = join(folder, 'backup.db');
    const status = await ran(['status'], at);
    const doctor = await ran(['doctor'], at);
    const exported = await ran(['export', '--format', 'ndjson'], at);
    const backedUp = await ran(['store', 'backup', backup], at);
    return [
      row('log', 'the log on disk', { size: bytes / MIB, each: Math.round(bytes / events) }),
      row('status', '`brigade status`', { took: status.took, peak: status.peak }),
      row('doctor', '`brigade doctor`', { took: doctor.took, peak: doctor.peak }),
      row('export', '`brigade export --format ndjson`', exported),
      row('backup', '`brigade store backup`', { ...backedUp, size: statSync(backup).size / MIB }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `brigade ARGS` to its end: seconds, its most memory and what it printed, in MiB. */
async function ran(
  args: readonly string[],
  { root, env }: { readonly root: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly took: number; readonly peak: number; readonly size: number }> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [brigadeBin, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [printed, peak, said] = [0, 0, ''];
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.length;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const looking = setInterval(() => {
    peak = Math.max(peak, mostMemory(child.pid ?? 0));
  }, LOOK_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(looking);
  // `doctor` ends with 1 where it finds something.
  if (code !== 0 && args[0] !== 'doctor') throw new Error(`brigade ${args.join(' ')} ended with ${code}: ${said}`);
  return { took: (performance.now() - beganMs) / 1_000, peak, size: printed / MIB };
}

/** Linux keeps the highest resident size of a process, in MiB; 0 when it is gone. */
function mostMemory(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
