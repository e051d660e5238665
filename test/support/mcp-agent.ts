// One agent as its users have it: a real `brigade mcp` process, spoken to by the official client.

import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { brigadeBin } from './brigade-bin.ts';
import { waitUntil } from './wait-until.ts';

/** A lease as tools tell it. */
export interface ToldLease {
  readonly resource: string;
  readonly token: number;
  readonly mode: string;
  readonly expiresInMs: number;
  readonly safeForMs: number;
  readonly guarded: boolean;
}

/** Structured content of any tool; a call has the fields of its tool or those of a rejection. */
export interface Told {
  readonly code?: string;
  readonly category?: string;
  readonly message?: string;
  readonly next?: string;
  readonly retry?: string;
  readonly retryAfterMs?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly notices?: readonly { readonly kind: string; readonly text: string; readonly seq: number }[];
  readonly session?: string | null;
  readonly agentId?: string;
  readonly sessionId?: string;
  readonly resumed?: boolean;
  readonly warnings?: readonly string[];
  readonly registered?: { readonly agentId: string; readonly sessionId: string };
  readonly status?: 'granted' | 'queued' | 'renewed';
  readonly leases?: readonly ToldLease[];
  readonly waitedMs?: number;
  readonly ticket?: string | null;
  readonly position?: number | null;
  readonly blockedBy?: readonly { readonly agentId: string; readonly resource: string; readonly alive: string }[];
  readonly released?: readonly { readonly resource: string; readonly token: number }[];
  readonly refused?: readonly { readonly resource: string; readonly token: number; readonly code: string }[];
  readonly promoted?: readonly { readonly agentId: string }[];
  readonly withdrawn?: boolean;
  readonly offer?: string;
  readonly accepted?: boolean;
  readonly lease?: ToldLease | null;
  readonly holds?: boolean;
  readonly safeForMs?: number;
  readonly currentToken?: number | null;
  readonly key?: string;
  readonly version?: number;
  readonly entries?: readonly { readonly key: string; readonly value: unknown; readonly version: number }[];
  readonly total?: number;
  readonly locks?: readonly {
    readonly resource: string;
    readonly token: number | null;
    readonly holder: { readonly agentId: string } | null;
  }[];
  readonly agents?: readonly { readonly agentId: string }[];
  readonly counts?: Readonly<Record<string, number>>;
  readonly checkInId?: string | null;
  readonly verdict?: 'proceed' | 'guide' | 'pause';
  readonly reasons?: readonly { readonly code: string; readonly message: string; readonly next: string }[];
  readonly updates?: number;
  readonly estimator?: Readonly<Record<string, unknown>>;
  readonly calibration?: { readonly labels: number; readonly brier: number | null };
  readonly plans?: readonly { readonly agentId: string; readonly goal: string; readonly task: string }[];
}

export interface ToolAnswer {
  readonly isError: boolean;
  /** The sentence that clients show to an agent. */
  readonly text: string;
  readonly told: Told;
}

export interface McpAgentOptions {
  readonly cwd: string;
  /** Besides PATH and its like, all that the process gets. */
  readonly env: Readonly<Record<string, string>>;
  /** The program, where it is not the one under test. */
  readonly bin?: string;
  /** After `brigade mcp`. */
  readonly args?: readonly string[];
  /** Program and arguments before the bin, as in `sh -c 'ulimit ...; exec "$@"' --`. */
  readonly under?: readonly string[];
  readonly revision?: '2025' | '2026-07-28';
}

/** How long a test's call may take; a broken server must not hang the run. */
const CALL_MS = 120_000;

export class McpAgent {
  readonly pid: number;
  readonly #client: Client;
  readonly #isOver: () => boolean;
  readonly #stderr: string[];
  #isStopped = false;

  private constructor(
    client: Client,
    facts: { readonly pid: number; readonly isOver: () => boolean; readonly stderr: string[] },
  ) {
    this.#client = client;
    this.pid = facts.pid;
    this.#isOver = facts.isOver;
    this.#stderr = facts.stderr;
  }

  /** Spawns the process and shakes hands with it. */
  static async start(options: McpAgentOptions): Promise<McpAgent> {
    const line = [
      ...(options.under ?? []),
      process.execPath,
      options.bin ?? brigadeBin,
      'mcp',
      ...(options.args ?? []),
    ];
    const transport = new StdioClientTransport({
      command: line[0] ?? process.execPath,
      args: line.slice(1),
      cwd: options.cwd,
      env: { ...getDefaultEnvironment(), ...options.env },
      stderr: 'pipe',
    });
    const stderr: string[] = [];
    transport.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
    const client = new Client({ name: 'brigade-tests', version: '1.0.0' }, clientOptions(options));
    let isOver = false;
    const onclose = (): void => {
      isOver = true;
    };
    Object.assign(client, { onclose });
    try {
      await client.connect(transport);
    } catch (error) {
      throw new Error(`brigade mcp did not start: ${stderr.join('')}`, { cause: error });
    }
    return new McpAgent(client, { pid: transport.pid ?? 0, isOver: () => isOver, stderr });
  }

  /** Rejects only when the process is gone or answers against the protocol; a refusal is an answer. */
  async call(tool: string, args: Readonly<Record<string, unknown>> = {}, signal?: AbortSignal): Promise<ToolAnswer> {
    const options = { timeout: CALL_MS, ...(signal === undefined ? {} : { signal }) };
    return told(await this.#client.callTool({ name: tool, arguments: args }, options));
  }

  /** Asks for what is held, and resolves once the call is told of its place in line: it is parked then, and that is durable. */
  async stand(resource: string, waitMs: number): Promise<{ readonly answer: Promise<ToolAnswer> }> {
    const asked = { name: 'acquire_lock', arguments: { resources: [resource], waitMs } };
    let isTold = false;
    const onprogress = (): void => {
      isTold = true;
    };
    const answer = this.#client.callTool(asked, { timeout: CALL_MS, onprogress }).then(told);
    await waitUntil('a place in line', () => isTold, { withinMs: 30_000 });
    return { answer };
  }

  /** What is granted, or the test fails with what was heard instead. */
  async acquire(resource: string, more: Readonly<Record<string, unknown>> = {}): Promise<ToldLease> {
    const answer = await this.call('acquire_lock', { resources: [resource], ...more });
    const lease = answer.told.leases?.[0];
    if (answer.isError || lease === undefined) throw new Error(`not granted: ${answer.text} ${this.stderr}`);
    return lease;
  }

  async release({ resource, token }: Pick<ToldLease, 'resource' | 'token'>): Promise<void> {
    const answer = await this.call('release_lock', { leases: [{ resource, token }] });
    if (answer.isError) throw new Error(`not released: ${answer.text} ${this.stderr}`);
  }

  get stderr(): string {
    return this.#stderr.join('');
  }

  get isOver(): boolean {
    return this.#isOver();
  }

  /** SIGSTOP; the process lives and does nothing. */
  stop(): void {
    process.kill(this.pid, 'SIGSTOP');
    this.#isStopped = true;
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
    this.#isStopped = false;
  }

  /** SIGKILL, and its end. */
  async kill(): Promise<void> {
    if (!this.isOver) process.kill(this.pid, 'SIGKILL');
    await waitUntil('the end of a killed process', () => this.isOver);
  }

  /** Ends as a client ends it: its input closes. */
  async close(): Promise<void> {
    if (this.isOver) return;
    if (this.#isStopped) return this.kill();
    await this.#client.close();
  }
}

function told(result: Awaited<ReturnType<Client['callTool']>>): ToolAnswer {
  const [first] = result.content;
  const text = first?.type === 'text' ? first.text : '';
  return { isError: result.isError === true, text, told: result.structuredContent ?? {} };
}

function clientOptions({ revision }: McpAgentOptions): ClientOptions {
  return revision === '2026-07-28' ? { versionNegotiation: { mode: { pin: revision } } } : {};
}
