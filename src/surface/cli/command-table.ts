// Every command of the command line: its one sentence, and where it is. Only the file of the command that was asked for is
// loaded, so `brigade locks` does not pay for `brigade mcp`.

import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import type { LifecycleOp } from './commands/lifecycle.ts';

export interface CommandModule {
  /** Adds arguments, options and the action. */
  readonly define: (command: Command, cli: Cli) => void;
}

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  readonly load: () => Promise<CommandModule>;
}

const LOOK = 'Look:';
const WORK = 'Work:';
const AUTHORITY = 'Authority:';
const CARE = 'Care:';
const RUN = 'Run:';

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init',
    group: RUN,
    summary: 'connect clients: MCP, edit hooks, a guard in git',
    load: () => import('./commands/init.ts'),
  },
  { name: 'mcp', group: RUN, summary: 'serve one MCP client over stdio', load: () => import('./commands/mcp.ts') },
  {
    name: 'serve',
    group: RUN,
    summary: 'serve the fleet over HTTP: MCP, REST, events',
    load: () => import('./commands/serve.ts'),
  },
  {
    name: 'drill',
    group: RUN,
    summary: 'rehearse an incident with real processes and report',
    load: () => import('./commands/drill.ts'),
  },
  { name: 'status', group: LOOK, summary: 'the fleet on one screen', load: () => import('./commands/status.ts') },
  { name: 'locks', group: LOOK, summary: 'who holds what, and who is next', load: () => import('./commands/locks.ts') },
  { name: 'agents', group: LOOK, summary: 'who is here', load: () => import('./commands/agents.ts') },
  { name: 'waits', group: LOOK, summary: 'who waits for whom, drawn', load: () => import('./commands/waits.ts') },
  {
    name: 'diagnose',
    group: LOOK,
    summary: 'what is wrong, the root cause first',
    load: () => import('./commands/diagnose.ts'),
  },
  {
    name: 'at',
    group: LOOK,
    summary: 'what another command would have shown then',
    load: () => import('./commands/at.ts'),
  },
  { name: 'ps', group: LOOK, summary: 'Brigade processes on this host', load: () => import('./commands/ps.ts') },
  {
    name: 'watch',
    group: LOOK,
    summary: 'what happens, as sentences or NDJSON',
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'alerts',
    group: LOOK,
    summary: 'what is wrong, and who is told of it',
    load: () => import('./commands/alerts.ts'),
  },
  {
    name: 'incident',
    group: LOOK,
    summary: 'what went wrong, note by note, and the report of it',
    load: () => import('./commands/incident.ts'),
  },
  {
    name: 'history',
    group: LOOK,
    summary: 'what an agent did and heard, and what was imported of it',
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'blame-agent',
    group: LOOK,
    summary: 'which agent held a file, and which changed it',
    load: () => import('./commands/blame-agent.ts'),
  },
  {
    name: 'export',
    group: LOOK,
    summary: 'history out: csv, ndjson or json',
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'acquire',
    group: WORK,
    summary: 'take locks, or wait in line for them',
    load: () => import('./commands/acquire.ts'),
  },
  { name: 'renew', group: WORK, summary: 'keep locks for longer', load: () => import('./commands/renew.ts') },
  { name: 'release', group: WORK, summary: 'give locks back', load: () => import('./commands/release.ts') },
  { name: 'withdraw', group: WORK, summary: 'leave a line', load: () => import('./commands/withdraw.ts') },
  { name: 'check', group: WORK, summary: 'does a token still hold?', load: () => import('./commands/check.ts') },
  {
    name: 'handoff',
    group: WORK,
    summary: 'hand a lock to another agent',
    load: () => import('./commands/handoff.ts'),
  },
  {
    name: 'check-in',
    group: WORK,
    summary: 'say what was done, and hear whether to go on',
    load: () => import('./commands/check-in.ts'),
  },
  {
    name: 'outcome',
    group: WORK,
    summary: 'what became of the work of a check-in',
    load: () => import('./commands/outcome.ts'),
  },
  {
    name: 'recover',
    group: WORK,
    summary: 'end your own pause, with a reflection',
    load: () => import('./commands/recover.ts'),
  },
  {
    name: 'state',
    group: WORK,
    summary: 'small values that agents share',
    load: () => import('./commands/state.ts'),
  },
  {
    name: 'messages',
    group: WORK,
    summary: 'what others wrote to you',
    load: () => import('./commands/messages.ts'),
  },
  { name: 'send', group: WORK, summary: 'write to an agent, or to all', load: () => import('./commands/send.ts') },
  {
    name: 'ask',
    group: WORK,
    summary: 'ask whoever holds a lock to let go',
    load: () => import('./commands/ask.ts'),
  },
  {
    name: 'rescue',
    group: WORK,
    summary: 'act on a finding of diagnose',
    load: () => import('./commands/rescue.ts'),
  },
  { name: 'run', group: WORK, summary: 'hold locks while a command runs', load: () => import('./commands/run.ts') },
  {
    name: 'guard',
    group: WORK,
    summary: 'what git asks before a commit and a push',
    load: () => import('./commands/guard.ts'),
  },
  {
    name: 'worktree',
    group: WORK,
    summary: 'worktrees for agents, in the same fleet',
    load: () => import('./commands/worktree.ts'),
  },
  {
    name: 'revoke',
    group: AUTHORITY,
    summary: 'take a lock back, with a reason',
    load: () => import('./commands/revoke.ts'),
  },
  { name: 'pause', group: AUTHORITY, summary: 'grant an agent nothing more', load: () => lifecycle('pause') },
  { name: 'resume', group: AUTHORITY, summary: 'let a paused agent go on', load: () => lifecycle('resume') },
  {
    name: 'archive',
    group: AUTHORITY,
    summary: 'put an agent away; its history stays',
    load: () => lifecycle('archive'),
  },
  { name: 'restore', group: AUTHORITY, summary: 'bring an archived agent back', load: () => lifecycle('restore') },
  { name: 'retire', group: AUTHORITY, summary: 'end an agent for ever', load: () => lifecycle('retire') },
  {
    name: 'import',
    group: AUTHORITY,
    summary: 'history in: the files of November 2025',
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'policy',
    group: AUTHORITY,
    summary: 'the policy in force, and its file',
    load: () => import('./commands/policy.ts'),
  },
  {
    name: 'token',
    group: AUTHORITY,
    summary: 'the operator token and the join token',
    load: () => import('./commands/token.ts'),
  },
  {
    name: 'store',
    group: CARE,
    summary: 'back up, restore, move, repair the log',
    load: () => import('./commands/store.ts'),
  },
  {
    name: 'doctor',
    group: CARE,
    summary: 'is everything as it should be?',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'config',
    group: CARE,
    summary: 'every setting and where it came from',
    load: () => import('./commands/config.ts'),
  },
  {
    name: 'completion',
    group: CARE,
    summary: 'let your shell complete commands, agents and locks',
    load: () => import('./commands/completion.ts'),
  },
];

async function lifecycle(op: LifecycleOp): Promise<CommandModule> {
  return (await import('./commands/lifecycle.ts')).lifecycleCommand(op);
}
