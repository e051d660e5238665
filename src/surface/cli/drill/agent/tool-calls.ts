// One agent's `brigade mcp`, started and spoken to as any MCP client does, through the official client over stdio.

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { AgentStart } from '../protocol.ts';
import type { Notebook } from './notebook.ts';

/** An answer: a reply's fields, or why it was refused. */
export type Heard<Reply> =
  | { readonly ok: true; readonly reply: Reply; readonly sentMs: number }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly next: string };

interface CallOptions {
  /** The call may wait for others: how long it takes says nothing about how fast it is answered. */
  readonly waits?: boolean;
  /** Refusals about a lease name its token in the journal. */
  readonly token?: number;
  /** Nothing is noted: the same was noted a moment ago. */
  readonly isQuiet?: boolean;
}

interface Refused {
  readonly code?: string;
  readonly message?: string;
  readonly next?: string;
}

/** A call that is not answered by then is a fault: the longest wait asked for is far shorter. */
const ANSWER_WITHIN_MS = 45_000;

export class ToolCalls {
  readonly #client: Client;
  readonly #notebook: Notebook;

  private constructor(client: Client, notebook: Notebook) {
    this.#client = client;
    this.#notebook = notebook;
  }

  static async connect({ member, brigade, workspace }: AgentStart, notebook: Notebook): Promise<ToolCalls> {
    const { client: name, revision } = member;
    const versionNegotiation = revision === '2025-11-25' ? {} : { versionNegotiation: { mode: { pin: revision } } };
    const client = new Client({ name, version: '1.0.0' }, versionNegotiation);
    await client.connect(
      new StdioClientTransport({
        command: brigade.program,
        args: [...brigade.args, 'mcp', '--client', name],
        cwd: workspace,
        env: environment(),
        stderr: 'inherit',
      }),
    );
    return new ToolCalls(client, notebook);
  }

  /** Calls a tool. `Reply` names fields of its published output. Throws only when there is no answer at all. */
  async call<Reply>(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    options: CallOptions = {},
  ): Promise<Heard<Reply>> {
    const sentMs = this.#notebook.now();
    const result = await this.#client.callTool({ name: tool, arguments: args }, { timeout: ANSWER_WITHIN_MS });
    const tookMs = this.#notebook.now() - sentMs;
    const fields = (result.structuredContent ?? {}) as Readonly<Record<string, unknown>>;
    for (const { text } of noticesIn(fields)) this.#notebook.note('noticed', { text });
    if (result.isError === true) {
      const { code = 'INTERNAL', message = '', next = '' } = fields as Refused;
      if (options.isQuiet !== true) {
        this.#notebook.note('refused', { tool, code, token: options.token ?? null, message, tookMs });
      }
      return { ok: false, code, message, next };
    }
    if (options.waits !== true) this.#notebook.note('answered', { tool, tookMs });
    return { ok: true, reply: fields as Reply, sentMs };
  }

  /** Ends `brigade mcp` as a client that is closed does: by the end of its input. */
  close(): Promise<void> {
    return this.#client.close();
  }
}

function noticesIn(fields: Readonly<Record<string, unknown>>): readonly { readonly text: string }[] {
  return Array.isArray(fields.notices) ? (fields.notices as readonly { readonly text: string }[]) : [];
}

function environment(): Record<string, string> {
  const given = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given);
}
