// Debian's Prometheus, for tests that look at Brigade as monitoring does. Where it is not installed, its package is taken apart.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpackPackage } from './debian-package.ts';
import { waitUntil } from './wait-until.ts';

const run = promisify(execFile);

export interface PrometheusTools {
  readonly prometheus: string;
  /** Runs `promtool ARGS` in `cwd`; what it said, and whether it was content. */
  promtool(args: readonly string[], cwd: string): Promise<{ readonly isOk: boolean; readonly said: string }>;
}

/** Throws with what to do where there is no way to them. */
export async function findPrometheus(folder: string): Promise<PrometheusTools> {
  const bin = (await isInstalled()) ? '' : `${await unpackPackage('prometheus', join(folder, 'debian'))}/usr/bin/`;
  return {
    prometheus: `${bin}prometheus`,
    promtool: async (args, cwd) => {
      try {
        const { stdout, stderr } = await run(`${bin}promtool`, args, { cwd });
        return { isOk: true, said: `${stdout}${stderr}` };
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
        return { isOk: false, said: `${stdout}${stderr}${String(error)}` };
      }
    },
  };
}

async function isInstalled(): Promise<boolean> {
  const found = await Promise.allSettled([run('prometheus', ['--version']), run('promtool', ['--version'])]);
  return found.every(({ status }) => status === 'fulfilled');
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface RuleState {
  readonly name: string;
  readonly query: string;
  /** `ok` once it was evaluated without an error. */
  readonly health: string;
  readonly lastError?: string;
}

export class Prometheus {
  readonly #process: ChildProcess;
  readonly #url: string;
  #said = '';

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.#url = url;
    const hear = (chunk: Buffer): void => {
      this.#said = `${this.#said}${chunk.toString()}`.slice(-4_000);
    };
    process.stderr?.on('data', hear);
    process.stdout?.on('data', hear);
  }

  /** Starts one with `config` on a port that nobody uses. */
  static async start({ prometheus }: PrometheusTools, folder: string, config: string): Promise<Prometheus> {
    const file = join(folder, 'prometheus.yml');
    await writeFile(file, config);
    const address = `127.0.0.1:${await freePort()}`;
    const args = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ];
    const started = new Prometheus(
      spawn(prometheus, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }),
      `http://${address}`,
    );
    await waitUntil('prometheus to be ready', () => started.#isReady(), { withinMs: 30_000, everyMs: 50 });
    return started;
  }

  async query(expression: string): Promise<readonly Series[]> {
    const found = (await this.#ask(`query?query=${encodeURIComponent(expression)}`)) as {
      readonly resultType: string;
      readonly result: readonly { readonly metric: Series['metric']; readonly value: readonly [number, string] }[];
    };
    return found.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async rules(): Promise<readonly RuleState[]> {
    const { groups } = (await this.#ask('rules')) as {
      readonly groups: readonly { readonly rules: readonly RuleState[] }[];
    };
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await gone;
  }

  async #isReady(): Promise<boolean> {
    if (this.#process.exitCode !== null) throw new Error(`prometheus ended: ${this.#said}`);
    return (await fetch(`${this.#url}/-/ready`)).ok;
  }

  /** Throws with what Prometheus says is wrong with the question. */
  async #ask(what: string): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/v1/${what}`);
    const { status, data, error } = (await response.json()) as {
      readonly status: string;
      readonly data?: unknown;
      readonly error?: string;
    };
    if (status !== 'success') throw new Error(`${decodeURIComponent(what)}: ${error ?? response.status}`);
    return data;
  }
}

/** Nobody had it a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
