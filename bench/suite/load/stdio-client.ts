// A client of an MCP server over stdin and stdout, as cheap as one can be: it writes a line and looks for the id in the answer.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

type Child = Pick<ChildProcess, 'pid' | 'stderr' | 'once' | 'off'> & {
  readonly stdin: Writable;
  readonly stdout: Readable;
};

const TOKEN = /"token":(\d+)/;

export class StdioClient {
  readonly pid: number;
  readonly #child: Child;
  readonly #under = new Map<number, (line: string) => void>();
  #lastId = 0;

  private constructor(child: Child) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    child.stderr?.resume();
  }

  /** Starts `node ARGS` and shakes hands with it. */
  static async start(
    args: readonly string[],
    options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ): Promise<StdioClient> {
    const env = { PATH: process.env.PATH ?? '', ...options.env };
    return StdioClient.over(spawn(process.execPath, args, { cwd: options.cwd, env }));
  }

  /** Shakes hands with a process that was started for it. */
  static async over(child: Child): Promise<StdioClient> {
    const client = new StdioClient(child);
    const clientInfo = { name: 'raw', version: '1' };
    await client.#ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    client.#send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return client;
  }

  /** Calls a tool; answers its line. Rejects a refusal, and when the server ends. */
  async call(name: string, args: object): Promise<string> {
    const line = await this.#ask('tools/call', { name, arguments: args });
    if (line.includes('"isError":true') || line.includes('"error":')) throw new Error(line.slice(0, 500));
    return line;
  }

  /** Acquires and releases once. */
  async pair(resource: string): Promise<void> {
    const granted = await this.call('acquire_lock', { resources: [resource], waitMs: 0 });
    const token = Number(TOKEN.exec(granted)?.[1] ?? 0);
    if (token === 0) throw new Error(`no token: ${granted.slice(0, 500)}`);
    await this.call('release_lock', { leases: [{ resource, token }] });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => void this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await ended;
  }

  #ask(method: string, params: object): Promise<string> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error('the server ended'));
      this.#child.once('exit', fail);
      this.#under.set(id, (line) => {
        this.#child.off('exit', fail);
        resolve(line);
      });
      this.#send({ jsonrpc: '2.0', id, method, params });
    });
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #take(line: string): void {
    const { id } = JSON.parse(line) as { readonly id?: number };
    if (id === undefined) return;
    this.#under.get(id)?.(line);
    this.#under.delete(id);
  }
}
