// Namespaces of Linux for processes of a test. A process that does nothing holds them, and it ends with this one, however this
// one ends: then everything in them ends too, every process and every interface, and there is nothing to clean up.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { stopWhole } from './stopped-process.ts';
import { waitUntil } from './wait-until.ts';

export interface NamespaceOptions {
  /** A table of processes of its own. Without it there is only a network. */
  readonly pids?: boolean;
  /** What its monotonic clock shows more than the machine's; may be negative. Whole seconds. */
  readonly clockAheadS?: number;
}

const NEEDS =
  'This test plays several hosts: it needs Linux, root, and the tools of `apt-get install util-linux iproute2` (unshare, nsenter, setpriv, ip, bridge).';

const ENDS_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--'] as const;

export class HeldNamespace {
  readonly #holder: ChildProcess;
  /** Holds the namespaces; where they include one of processes it is their first. */
  readonly pid: number;
  readonly #isOwnPids: boolean;
  readonly #hasOwnClock: boolean;

  private constructor(holder: ChildProcess, pid: number, { pids = false, clockAheadS }: NamespaceOptions) {
    this.#holder = holder;
    this.pid = pid;
    this.#isOwnPids = pids;
    this.#hasOwnClock = clockAheadS !== undefined;
  }

  /** Rejects with what is needed where the machine does not allow it. */
  static async hold(options: NamespaceOptions = {}): Promise<HeldNamespace> {
    const { pids = false, clockAheadS } = options;
    const ahead = String(clockAheadS ?? 0);
    const clock = clockAheadS === undefined ? [] : ['--time', '--monotonic', ahead, '--boottime', ahead];
    const kinds = ['--net', ...(pids ? ['--pid', '--mount-proc'] : []), ...clock];
    const hold = ['--fork', '--kill-child', 'sh', '-c', 'echo held; exec cat >/dev/null'];
    const [program, ...line] = [...ENDS_WITH_PARENT, 'unshare', ...kinds, ...hold];
    const holder = spawn(program, line, { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    let problem = '';
    holder.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    holder.stderr.on('data', (chunk: Buffer) => {
      problem += chunk.toString();
    });
    holder.once('error', (error) => {
      problem += error.message;
    });
    const isSettled = (): boolean => said !== '' || problem !== '' || holder.exitCode !== null;
    await waitUntil('namespaces', isSettled);
    if (said === '') throw new Error(`${NEEDS} Here it failed: ${problem.trim()}`);
    return new HeldNamespace(holder, childOf(holder.pid ?? 0), options);
  }

  /** What stands before a program so that it runs in here, in `folder`. Whoever kills it kills what it started. */
  enter(folder: string): readonly string[] {
    const own = [...(this.#isOwnPids ? ['--pid', '--mount'] : []), ...(this.#hasOwnClock ? ['--time'] : [])];
    const nsenter = ['nsenter', '--target', String(this.pid), '--net', ...own, `--wd=${folder}`, '--'];
    return [...ENDS_WITH_PARENT, ...nsenter, ...ENDS_WITH_PARENT];
  }

  /** Everything that runs in here, as this process sees it; who only holds it, where it has no table of processes. */
  get processes(): readonly number[] {
    if (!this.#isOwnPids) return [this.pid];
    const here = pidNamespaceOf(this.pid);
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => here !== null && pidNamespaceOf(pid) === here);
  }

  /** SIGSTOP of everything. */
  async freeze(): Promise<void> {
    const frozen = new Set<number>();
    // One may have started another before it stopped itself.
    for (let left = this.processes; left.length > 0; left = this.processes.filter((pid) => !frozen.has(pid))) {
      await Promise.all(left.map((pid) => stopIfThere(pid)));
      for (const pid of left) frozen.add(pid);
    }
  }

  /** SIGCONT of everything. */
  thaw(): void {
    for (const pid of [...this.processes, ...this.#entered]) goOn(pid);
  }

  /** SIGKILL of everything at once. Resolves when all of it is gone. */
  async end(): Promise<void> {
    const [processes, entered] = [this.processes, this.#entered];
    this.#holder.kill('SIGKILL');
    for (const pid of entered) goOn(pid);
    await waitUntil('the end of a namespace', () => processes.every((pid) => pidNamespaceOf(pid) === null));
    await waitUntil('its holder', () => this.#holder.exitCode !== null || this.#holder.signalCode !== null);
  }

  /** Each `nsenter` that waits outside for its program in here, and stops itself when that is stopped. */
  get #entered(): readonly number[] {
    const { processes } = this;
    return processes.map(parentOf).filter((pid) => pid > 1 && pid !== process.pid && !processes.includes(pid));
  }
}

async function stopIfThere(pid: number): Promise<void> {
  try {
    await stopWhole(pid);
  } catch (error) {
    if (pidNamespaceOf(pid) !== null) throw error;
  }
}

/** What the process has started first. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It has ended.
  }
}

/** Null for one that is gone, or a zombie. */
function pidNamespaceOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return null;
  }
}
