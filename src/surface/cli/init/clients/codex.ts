// Codex: servers in TOML, hooks in JSON beside it.

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

/** Codex keeps the environment from servers; without these a server would look for handles and log where hooks do not. */
const PASSED_ON = ['XDG_STATE_HOME', 'BRIGADE_STORE', 'BRIGADE_FLEET'];

const EDITS = 'Bash|apply_patch|Edit|Write';

const HOOKS: HookTable = {
  SessionStart: {},
  PreToolUse: { matcher: EDITS },
  PostToolUse: { matcher: EDITS },
  SubagentStop: {},
  Stop: {},
  SessionEnd: {},
};
/** Seconds. Codex gives the end of a session three, and warns where it is told more. */
const TIMEOUT = 10;
const END_TIMEOUT = 3;

export const CODEX: Client = {
  name: 'codex',
  title: 'Codex',
  programs: ['codex'],
  traces: (around) => [userFolder(around), ...(around.root === null ? [] : [join(around.root, '.codex')])],
  server: {
    format: 'toml',
    place: (scope, around) => ({
      path: join(folderOf(scope, around), 'config.toml'),
      audience: scope === 'project' ? 'shared' : 'user',
    }),
    entry: ({ http }, audience, launch) => ({
      kind: 'server',
      at: 'mcp_servers',
      name: SERVER_NAME,
      value: {
        ...(http === null ? { ...launch.server(audience, ['--client', 'codex']), env_vars: PASSED_ON } : remote(http)),
        // Where nobody is asked for approval, a tool without it fails.
        default_tools_approval_mode: 'approve',
      },
    }),
  },
  hooks: {
    speaksHttp: false,
    place: (scope, around) => ({
      path: join(folderOf(scope, around), 'hooks.json'),
      audience: scope === 'project' ? 'local' : 'user',
    }),
    entries: (order, launch) => {
      const command = launch.hook(hookArguments('codex', order));
      const { SessionEnd = {}, ...others } = HOOKS;
      return [
        ...groupedHooks(others, { type: 'command', command, timeout: TIMEOUT }),
        ...groupedHooks({ SessionEnd }, { type: 'command', command, timeout: END_TIMEOUT }),
      ];
    },
  },
  remarks: ({ scope, hooks }) => [
    ...(scope === 'project' ? ['Codex reads .codex/ of a project only where that project is trusted.'] : []),
    ...(hooks
      ? ['Codex runs a hook only after you have looked at it: type /hooks in Codex, again after each change.']
      : []),
  ],
};

function remote(url: URL): JsonObject {
  const token: JsonObject = needsToken(url) ? { bearer_token_env_var: TOKEN_VARIABLE } : {};
  return { url: serverAddress(url, '/mcp'), ...token };
}

function folderOf(scope: Scope, around: Surroundings): string {
  return scope === 'project' ? join(rootOf(around), '.codex') : userFolder(around);
}

function userFolder({ env, home }: Surroundings): string {
  return env.CODEX_HOME || join(home, '.codex');
}
