// Claude Code: servers and hooks in files of their own, and a settings file that is meant for one person.

import { join } from 'node:path';
import {
  type Client,
  groupedHooks,
  type HookTable,
  hookArguments,
  needsToken,
  rootOf,
  serverAddress,
  TOKEN_VARIABLE,
} from '../client.ts';
import type { InitOrder, Surroundings } from '../file-wish.ts';
import type { Launch } from '../launch.ts';
import type { JsonObject } from '../merge/config-file.ts';
import { SERVER_NAME } from '../ours.ts';

const EDITS = 'Edit|MultiEdit|Write|NotebookEdit|Bash';

const HOOKS: HookTable = {
  SessionStart: {},
  PreToolUse: { matcher: EDITS },
  PostToolUse: { matcher: EDITS },
  PostToolUseFailure: { matcher: EDITS },
  SubagentStop: {},
  Stop: {},
  SessionEnd: {},
};
/** Seconds. It answers in well under one. */
const TIMEOUT = 10;

export const CLAUDE_CODE: Client = {
  name: 'claude-code',
  title: 'Claude Code',
  programs: ['claude'],
  traces: (around) => [
    settingsFolder(around),
    ...(around.root === null ? [] : [join(around.root, '.claude'), join(around.root, '.mcp.json')]),
  ],
  server: {
    format: 'json',
    place: (scope, around) =>
      scope === 'project'
        ? { path: join(rootOf(around), '.mcp.json'), audience: 'shared' }
        : { path: userState(around), audience: 'user' },
    entry: ({ http }, audience, launch) => ({
      kind: 'server',
      at: 'mcpServers',
      name: SERVER_NAME,
      // Its tools are few and needed at any moment: they are not to be searched for first.
      value: {
        ...(http === null ? launch.server(audience, ['--client', 'claude-code']) : remote(http)),
        alwaysLoad: true,
      },
    }),
  },
  hooks: {
    speaksHttp: true,
    place: (scope, around, isHttp) => {
      if (scope === 'user') return { path: join(settingsFolder(around), 'settings.json'), audience: 'user' };
      const folder = join(rootOf(around), '.claude');
      return isHttp
        ? { path: join(folder, 'settings.json'), audience: 'shared' }
        : { path: join(folder, 'settings.local.json'), audience: 'local' };
    },
    entries: (order, launch) => groupedHooks(HOOKS, handler(order, launch)),
  },
  remarks: ({ scope }) =>
    scope === 'project' ? ['Claude Code asks once whether it may start the server of .mcp.json.'] : [],
};

function handler(order: InitOrder, launch: Launch): JsonObject {
  const onFailure: JsonObject = order.onFault === 'closed' ? { onFailure: 'block' } : {};
  if (order.http === null) {
    const command = launch.hook(hookArguments('claude-code', order));
    return { type: 'command', command, timeout: TIMEOUT, ...onFailure };
  }
  const url = serverAddress(order.http, `/hooks/claude-code${order.onFault === 'closed' ? '?fail=closed' : ''}`);
  return { type: 'http', url, ...hookCredential(order.http), timeout: TIMEOUT, ...onFailure };
}

function hookCredential(url: URL): JsonObject {
  if (!needsToken(url)) return {};
  return { headers: { Authorization: `Bearer $${TOKEN_VARIABLE}` }, allowedEnvVars: [TOKEN_VARIABLE] };
}

function remote(url: URL): JsonObject {
  const headers: JsonObject = needsToken(url) ? { headers: { Authorization: `Bearer \${${TOKEN_VARIABLE}}` } } : {};
  return { type: 'http', url: serverAddress(url, '/mcp'), ...headers };
}

function settingsFolder({ env, home }: Surroundings): string {
  return env.CLAUDE_CONFIG_DIR || join(home, '.claude');
}

/** Where Claude Code keeps what holds in all projects of a user. */
function userState({ env, home }: Surroundings): string {
  return join(env.CLAUDE_CONFIG_DIR || home, '.claude.json');
}
