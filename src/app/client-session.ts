// Whose session is this process part of? Two processes of one terminal are one session; two terminals are two.
//
// A client may name its sessions in an environment variable. Environments are inherited, so a variable proves nothing by
// itself: only that of the client which `--client` names is looked at. A Codex started from a shell of Claude Code carries
// Claude's variable and is not Claude.

import type { Place } from '../ports/place.ts';
import type { ProcessEvidence, ProcessRow } from '../ports/process-table.ts';
import { SetupFault } from '../ports/setup-fault.ts';
import type { ClientSessionKey } from '../ports/state-folder.ts';
import { isLauncher, isShell, isSystem } from './process-names.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface ClientFacts {
  /** Names the session of the client, the same in every process it starts. */
  readonly sessionVariable: string | null;
  /** Names the folder the client works in. */
  readonly projectVariable: string | null;
  /** Other names that the client goes by, in normal form. */
  readonly aliases: readonly string[];
}

/** Read in November 2026 from the vendors' own documents and typings; see docs for each client. */
const CLIENTS: Readonly<Record<string, ClientFacts>> = {
  // Claude Code 2.1.154 sets the session id, from 2.1.163 also on resume; 2.1.139 the project folder.
  'claude-code': {
    sessionVariable: 'CLAUDE_CODE_SESSION_ID',
    projectVariable: 'CLAUDE_PROJECT_DIR',
    aliases: ['claude', 'claude-code-cli'],
  },
  // Codex tells its session in `_meta` of a call and in no variable.
  codex: { sessionVariable: null, projectVariable: null, aliases: ['codex-cli', 'codex-mcp-client', 'openai-codex'] },
  // Cursor and VS Code tell theirs in hooks and in `_meta`.
  cursor: { sessionVariable: null, projectVariable: null, aliases: ['cursor-vscode', 'cursor-agent'] },
  vscode: { sessionVariable: null, projectVariable: null, aliases: ['vs-code', 'visual-studio-code', 'code'] },
  // Gemini CLI sets GEMINI_SESSION_ID for hooks but not for MCP servers, so the two would not meet.
  gemini: { sessionVariable: null, projectVariable: null, aliases: ['gemini-cli', 'gemini-cli-mcp-client'] },
};

const NAME_LENGTH_MAX = 40;
const SESSION_BYTES_MAX = 512;

/** The name a client is known by: `Claude Code`, `claude_code` and `claude` are `claude-code`. Null when nothing is left. */
export function normalClientName(name: string): string | null {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (plain === '' || plain.length > NAME_LENGTH_MAX) return null;
  return ALIASES.get(plain) ?? plain;
}

const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries(CLIENTS).flatMap(([name, facts]) => facts.aliases.map((alias) => [alias, name] as const)),
);

/** The session that the client's own variable names; null for other clients and outside it. `client` is in normal form. */
export function clientSessionOf(client: string | null, env: Environment): ClientSessionKey | null {
  if (client === null) return null;
  const id = valueIn(env, factsOf(client)?.sessionVariable);
  return id === null || id.length > SESSION_BYTES_MAX ? null : { client, id };
}

/**
 * Programs of a terminal that give their servers no name of the session: one process, one session at a time. Editors are one
 * process with many.
 */
const KNOWN_BY_PROCESS: ReadonlySet<string> = new Set(['codex', 'gemini']);

/** What the process of such a client is kept under, so that its server finds the session that its hooks have; else null. */
export function clientProcessKey(client: string | null, starter: ProcessEvidence | null): ClientSessionKey | null {
  if (client === null || starter === null || !KNOWN_BY_PROCESS.has(client)) return null;
  return { client, id: `process ${starter.pid} ${starter.startTime}` };
}

/**
 * Every session that a variable of a known client names. Variables are inherited, so of two that are named here one may be of
 * a client that only started the other.
 */
export function clientSessionsIn(env: Environment): readonly ClientSessionKey[] {
  return Object.keys(CLIENTS).flatMap((client) => clientSessionOf(client, env) ?? []);
}

/** The folder that the client's own variable names, with the name of the variable. */
export function clientProjectOf(client: string | null, env: Environment): { folder: string; variable: string } | null {
  const variable = client === null ? null : factsOf(client)?.projectVariable;
  const folder = valueIn(env, variable);
  return folder === null || variable === null || variable === undefined ? null : { folder, variable };
}

/** Every variable by which a known client shows that its agent runs here; authority commands refuse in such a place. */
export function agentVariablesIn(env: Environment): readonly string[] {
  return AGENT_VARIABLES.filter((name) => valueIn(env, name) !== null);
}

/** What clients put into the environment of the commands that their agents run; and ours, from `brigade run`. */
const AGENT_VARIABLES: readonly string[] = [
  'CLAUDECODE',
  'CLAUDE_CODE_SESSION_ID',
  'GEMINI_CLI',
  'CODEX_SANDBOX',
  'CODEX_SANDBOX_NETWORK_DISABLED',
  'CURSOR_AGENT',
  'BRIGADE_SESSION',
];

/** For whom a command of the command line acts. */
export type CommandCaller =
  /** `BRIGADE_SESSION` shows a handle. */
  | { readonly kind: 'handle'; readonly handle: string }
  /** The session of the client that `--client` names. */
  | { readonly kind: 'client'; readonly key: ClientSessionKey }
  /** The process that runs the command: a shell, a script, a client without a variable. Its end ends the session. */
  | { readonly kind: 'process'; readonly key: ClientSessionKey; readonly process: ProcessRow };

export interface CommandContext {
  readonly client: string | null;
  readonly env: Environment;
  readonly place: Place;
  /** The ancestors of this process, nearest first. */
  readonly ancestors: readonly ProcessRow[];
}

/** Decides it. Refuses where nobody is left to act for: a command whose parent is gone or is the system itself. */
export function commandCaller(context: CommandContext): CommandCaller {
  const handle = valueIn(context.env, 'BRIGADE_SESSION');
  if (handle !== null) return { kind: 'handle', handle };
  const client = clientSessionOf(context.client, context.env);
  if (client !== null) return { kind: 'client', key: client };
  const runner = runnerOf(context.ancestors);
  if (runner === null) throw nobody();
  const id = `${context.place.placeId}:${runner.pid}:${runner.startTime}`;
  return { kind: 'process', key: { client: 'process', id }, process: runner };
}

/**
 * The process that typed the command. `npm exec` (which is what `npx` becomes) and the shell it starts live only as long
 * as the command, so they are passed.
 */
function runnerOf(ancestors: readonly ProcessRow[]): ProcessRow | null {
  let index = 0;
  while (isPassed(ancestors[index], ancestors[index + 1])) index += 1;
  const runner = ancestors[index];
  // Whoever adopts processes without a parent would make strangers one agent, and an agent never conflicts with itself.
  return runner === undefined || isSystem(runner) ? null : runner;
}

function isPassed(row: ProcessRow | undefined, parent: ProcessRow | undefined): boolean {
  if (row === undefined) return false;
  return isLauncher(row) || (isShell(row) && parent !== undefined && isLauncher(parent));
}

function nobody(): SetupFault {
  return new SetupFault('INVALID_ARGUMENT', {
    message: 'Nobody is left that this command could act for: its parent process has ended or is the system itself.',
    next: 'Set BRIGADE_SESSION to the handle of a session, as brigade acquire prints it, or start the command from a shell.',
  });
}

function factsOf(client: string): ClientFacts | undefined {
  return Object.hasOwn(CLIENTS, client) ? CLIENTS[client] : undefined;
}

function valueIn(env: Environment, name: string | null | undefined): string | null {
  const value = name === null || name === undefined ? undefined : env[name];
  return value === undefined || value === '' ? null : value;
}
