// VS Code with Copilot: servers under a name of its own, hooks in any file of a folder, so ours has one for itself.

import { join } from 'node:path';
import {
  type Client,
  type HookTable,
  hookArguments,
  listedHooks,
  needsToken,
  OPEN_FOLDER,
  rootOf,
  serverAddress,
  TOKEN_VARIABLE,
} from '../client.ts';
import type { Surroundings } from '../file-wish.ts';
import type { JsonObject } from '../merge/config-file.ts';
import { SERVER_NAME } from '../ours.ts';

/** It runs every hook for every tool, whatever a matcher says. */
const HOOKS: HookTable = {
  SessionStart: {},
  PreToolUse: {},
  PostToolUse: {},
  SubagentStop: {},
  Stop: {},
};
/** Seconds. */
const TIMEOUT = 10;

export const VSCODE: Client = {
  name: 'vscode',
  title: 'VS Code',
  programs: ['code', 'code-insiders'],
  traces: (around) => [userFolder(around), ...(around.root === null ? [] : [join(around.root, '.vscode')])],
  server: {
    format: 'json',
    place: (scope, around) =>
      scope === 'project'
        ? { path: join(rootOf(around), '.vscode', 'mcp.json'), audience: 'shared' }
        : { path: join(userFolder(around), 'mcp.json'), audience: 'user' },
    entry: ({ http }, audience, launch) => ({
      kind: 'server',
      at: 'servers',
      name: SERVER_NAME,
      value:
        http === null
          ? { type: 'stdio', ...launch.server(audience, ['--client', 'vscode', '--root', OPEN_FOLDER]) }
          : remote(http),
    }),
  },
  hooks: {
    speaksHttp: false,
    place: (scope, around) =>
      scope === 'project'
        ? { path: join(rootOf(around), '.github', 'hooks', 'brigade.json'), audience: 'local' }
        : {
            path: join(around.env.COPILOT_HOME || join(around.home, '.copilot'), 'hooks', 'brigade.json'),
            audience: 'user',
          },
    entries: (order, launch) =>
      listedHooks(HOOKS, {
        type: 'command',
        command: launch.hook(hookArguments('vscode', order)),
        timeout: TIMEOUT,
      }),
  },
  remarks: ({ hooks }) => [
    'VS Code asks once whether it may start the server; MCP: List Servers shows how it stands.',
    ...(hooks ? [TWO_AGENTS] : []),
  ],
};

const TWO_AGENTS =
  'VS Code tells neither hooks nor server which conversation asks, so they are two agents: what was locked by a tool is released before it is edited.';

function remote(url: URL): JsonObject {
  const headers: JsonObject = needsToken(url) ? { headers: { Authorization: `Bearer \${env:${TOKEN_VARIABLE}}` } } : {};
  return { type: 'http', url: serverAddress(url, '/mcp'), ...headers };
}

/** Where VS Code keeps what holds in all workspaces of a user, in the default profile. */
function userFolder({ env, home, platform }: Surroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Code', 'User');
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'Code', 'User');
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'Code', 'User');
}
