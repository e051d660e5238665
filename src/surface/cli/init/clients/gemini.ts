// Gemini CLI: servers and hooks in one file.

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
import type { Scope, Surroundings } from '../file-wish.ts';
import type { JsonObject } from '../merge/config-file.ts';
import { SERVER_NAME } from '../ours.ts';

const EDITS = 'write_file|replace|edit|run_shell_command';

const HOOKS: HookTable = {
  SessionStart: {},
  BeforeTool: { matcher: EDITS },
  AfterTool: { matcher: EDITS },
  AfterAgent: {},
  SessionEnd: {},
};
/** Milliseconds. */
const TIMEOUT = 10_000;

export const GEMINI: Client = {
  name: 'gemini',
  title: 'Gemini CLI',
  programs: ['gemini'],
  traces: ({ root, home }) => [join(home, '.gemini'), ...(root === null ? [] : [join(root, '.gemini')])],
  server: {
    format: 'json',
    place: (scope, around) => ({ path: settings(scope, around), audience: scope === 'project' ? 'shared' : 'user' }),
    entry: ({ http }, audience, launch) => ({
      kind: 'server',
      at: 'mcpServers',
      name: SERVER_NAME,
      value: http === null ? launch.server(audience, ['--client', 'gemini']) : remote(http),
    }),
  },
  hooks: {
    speaksHttp: false,
    place: (scope, around) => ({ path: settings(scope, around), audience: scope === 'project' ? 'local' : 'user' }),
    entries: (order, launch) =>
      groupedHooks(HOOKS, {
        name: SERVER_NAME,
        type: 'command',
        command: launch.hook(hookArguments('gemini', order)),
        timeout: TIMEOUT,
      }),
  },
  remarks: ({ scope, hooks }) =>
    scope === 'project' && hooks ? ['Gemini CLI runs hooks of a project only where its folder is trusted.'] : [],
};

function remote(url: URL): JsonObject {
  const headers: JsonObject = needsToken(url) ? { headers: { Authorization: `Bearer $${TOKEN_VARIABLE}` } } : {};
  return { httpUrl: serverAddress(url, '/mcp'), ...headers };
}

function settings(scope: Scope, around: Surroundings): string {
  return join(scope === 'project' ? rootOf(around) : around.home, '.gemini', 'settings.json');
}
