// `brigade drill` as a process of its own, in a folder where nothing else lies.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brigadeBin } from './brigade-bin.ts';

export interface DrillRun {
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
  readonly signal: (name: 'SIGINT' | 'SIGKILL') => void;
}

export class DrillFolder {
  /** Where the drill makes its folder, and nothing else lies. */
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'brigade-drill-test-')));

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): DrillRun {
    const child = spawn(process.execPath, [brigadeBin, 'drill', ...args], {
      cwd: this.path,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.path,
        XDG_STATE_HOME: join(this.path, 'state'),
        TMPDIR: this.path,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { stdout: () => stdout, stderr: () => stderr, ended, signal: (name) => void child.kill(name) };
  }

  /** What is left of the drill's own folders. */
  leftOver(): readonly string[] {
    return readdirSync(this.path).filter((name) => name.startsWith('brigade-drill-'));
  }

  /** Processes whose environment names this folder: agents and their `brigade mcp`. Only Linux tells. */
  processesLeft(): readonly string[] {
    if (process.platform !== 'linux') return [];
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => environmentOf(pid).includes(`BRIGADE_ROOT=${this.path}/`));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // It has ended, or it is not ours to read.
    return '';
  }
}
