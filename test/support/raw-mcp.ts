// A `brigade mcp` process spoken to line by line, for what an official client would never send, and for its end.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { brigadeBin } from './brigade-bin.ts';
import { waitUntil } from './wait-until.ts';

export interface RawMessage {
  readonly jsonrpc: '2.0';
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface RawMcpOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export class RawMcp {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything it said on stdout, line by line. */
  readonly lines: string[] = [];
  stderr = '';
  /** Exit code, or the signal that ended it; undefined while it runs. */
  ended: number | NodeJS.Signals | null | undefined;
  #rest = '';
  #lastId = 0;

  constructor({ cwd, env, args = [] }: RawMcpOptions) {
    const environment = { PATH: process.env.PATH ?? '', ...env };
    this.child = spawn(process.execPath, [brigadeBin, 'mcp', ...args], { cwd, env: environment });
    this.child.stdout.on('data', (chunk: Buffer) => this.#take(chunk.toString('utf8')));
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString('utf8');
    });
    this.child.on('exit', (code, signal) => {
      this.ended = code ?? signal;
    });
    // A test that ends the process may still be writing to it.
    this.child.stdin.on('error', () => undefined);
  }

  get messages(): readonly RawMessage[] {
    return this.lines.map((line) => JSON.parse(line) as RawMessage);
  }

  send(message: object | string): void {
    this.child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  }

  /** Shakes hands as a client of the 2025 era does. */
  async initialize(protocolVersion = '2025-06-18'): Promise<RawMessage> {
    const clientInfo = { name: 'raw', version: '1' };
    const answer = await this.request('initialize', { protocolVersion, capabilities: {}, clientInfo });
    this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return answer;
  }

  /** Sends a request and waits for its answer. */
  async request(method: string, params: object = {}): Promise<RawMessage> {
    return this.answerTo(this.ask(method, params));
  }

  /** Sends a request; answers its id. */
  ask(method: string, params: object = {}): number {
    this.#lastId += 1;
    this.send({ jsonrpc: '2.0', id: this.#lastId, method, params });
    return this.#lastId;
  }

  askTool(name: string, args: unknown, meta: object = {}): number {
    return this.ask('tools/call', { name, arguments: args, ...meta });
  }

  answerTo(id: string | number | null): Promise<RawMessage> {
    const look = (): RawMessage | undefined =>
      this.messages.find((message) => message.id === id && message.method === undefined);
    return waitUntil(`the answer to request ${id}`, look, { withinMs: 60_000 });
  }

  async tool(name: string, args: unknown): Promise<Readonly<Record<string, unknown>>> {
    const { result } = await this.answerTo(this.askTool(name, args));
    return (result?.structuredContent ?? {}) as Readonly<Record<string, unknown>>;
  }

  /** Waits for the end of the process; answers its exit code or signal. */
  async end(): Promise<number | NodeJS.Signals | null> {
    await waitUntil('the end of brigade mcp', () => this.ended !== undefined, { withinMs: 60_000 });
    return this.ended ?? null;
  }

  /** Ends it whatever it does. */
  async kill(): Promise<void> {
    if (this.ended === undefined) this.child.kill('SIGKILL');
    await this.end();
  }

  #take(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
  }
}
