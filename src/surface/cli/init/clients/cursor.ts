// Cursor: one file for servers and one for hooks, in the project or for the user.

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
import type { Scope, Surroundings } from '../file-wish.ts';
import type { JsonObject } from '../merge/config-file.ts';
import { SERVER_NAME } from '../ours.ts';

const EDITS = 'Write|StrReplace|Edit|Delete|Shell|TabWrite';

const HOOKS: HookTable = {
  sessionStart: {},
  preToolUse: { matcher: EDITS },
  postToolUse: { matcher: EDITS },
  afterFileEdit: {},
  subagentStop: {},
  stop: {},
  sessionEnd: {},
};

export const CURSOR: Client = {
  name: 'cursor',
  title: 'Cursor',
  programs: ['cursor', 'cursor-agent'],
  traces: ({ root, home }) => [join(home, '.cursor'), ...(root === null ? [] : [join(root, '.cursor')])],
  server: {
    format: 'json',
    place: (scope, around) => ({
      path: join(folderOf(scope, around), 'mcp.json'),
      audience: scope === 'project' ? 'shared' : 'user',
    }),
    entry: ({ http }, audience, launch) => ({
      kind: 'server',
      at: 'mcpServers',
      name: SERVER_NAME,
      // A server of the user is not started in the folder that is open.
      value: http === null ? launch.server(audience, ['--client', 'cursor', '--root', OPEN_FOLDER]) : remote(http),
    }),
  },
  hooks: {
    speaksHttp: false,
    place: (scope, around) => ({
      path: join(folderOf(scope, around), 'hooks.json'),
      audience: scope === 'project' ? 'local' : 'user',
    }),
    entries: (order, launch) => {
      const failClosed: JsonObject = order.onFault === 'closed' ? { failClosed: true } : {};
      const handler = { command: launch.hook(hookArguments('cursor', order)), ...failClosed };
      return [{ kind: 'frame', key: 'version', value: 1 }, ...listedHooks(HOOKS, handler)];
    },
  },
  remarks: ({ hooks }) => [
    'Cursor lists the server under Settings, Tools & MCP; switch it on there if it is off.',
    ...(hooks ? [TWO_AGENTS] : []),
  ],
};

const TWO_AGENTS =
  'Cursor tells neither hooks nor server which conversation asks, so they are two agents: what was locked by a tool is released before it is edited.';

function remote(url: URL): JsonObject {
  const headers: JsonObject = needsToken(url) ? { headers: { Authorization: `Bearer \${env:${TOKEN_VARIABLE}}` } } : {};
  return { url: serverAddress(url, '/mcp'), ...headers };
}

function folderOf(scope: Scope, around: Surroundings): string {
  return join(scope === 'project' ? rootOf(around) : around.home, '.cursor');
}
