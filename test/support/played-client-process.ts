// A client of agents as Brigade sees one: a process that starts what its configuration names, the hooks around each edit and the MCP
// server, so that both have it as ancestor. Arguments: the client, the workspace. It is told by messages what to do, and answers each.

import { spawn } from 'node:child_process';
import { McpAgent } from './mcp-agent.ts';

export type ClientOrder =
  | { readonly kind: 'hook'; readonly command: string; readonly input: unknown }
  | { readonly kind: 'call'; readonly tool: string; readonly args: Readonly<Record<string, unknown>> }
  | { readonly kind: 'end' };

export interface ClientHeard {
  readonly text: string;
}

const [client = '', root = '', session = ''] = process.argv.slice(2);
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
);
let agent: McpAgent | null = null;

process.on('message', (order: ClientOrder) => {
  void carryOut(order).then(tell, (error: unknown) => tell(`client failed: ${String(error)}`));
});

function tell(text: string): void {
  if (process.connected) process.send?.({ text } satisfies ClientHeard);
}

async function carryOut(order: ClientOrder): Promise<string> {
  if (order.kind === 'hook') return hook(order.command, order.input);
  if (order.kind === 'call') return (await (await server()).call(order.tool, order.args)).text;
  await agent?.close();
  process.disconnect();
  return '';
}

async function server(): Promise<McpAgent> {
  const own = client === 'claude-code' ? { CLAUDE_CODE_SESSION_ID: session } : {};
  agent ??= await McpAgent.start({ cwd: root, env: { ...env, ...own }, args: ['--client', client] });
  return agent;
}

/** Runs a command of the client's configuration as clients do: by a shell, with the input on stdin. */
function hook(command: string, input: unknown): Promise<string> {
  const child = spawn('sh', ['-c', command], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stdin.end(JSON.stringify(input));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(Buffer.concat(out).toString()));
  });
}
