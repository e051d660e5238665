// Codex. Transcribed from the vendor's documents of November 2026, not yet seen live. Paths of a patch are relative to `cwd`.

import { relative } from 'node:path';
import type { At, ClientInputs, Input } from './client-inputs.ts';

const base = ({ session, cwd }: At, event: string): Input => ({
  session_id: session,
  turn_id: 'turn_1',
  cwd,
  model: 'gpt-5.5-codex',
  permission_mode: 'on-request',
  hook_event_name: event,
});

const tool = (at: At, name: string, input: Input): Input => ({
  ...base(at, 'PreToolUse'),
  tool_name: name,
  tool_input: input,
  tool_use_id: 'call_1',
});

const patchOf = ({ cwd }: At, paths: readonly string[], verb: 'Add' | 'Update'): string => {
  const files = paths.map((path) => `*** ${verb} File: ${relative(cwd, path)}\n+b`).join('\n');
  return `*** Begin Patch\n${files}\n*** End Patch`;
};

const edit = (at: At, path: string): Input => tool(at, 'apply_patch', { command: patchOf(at, [path], 'Update') });

export const codex: ClientInputs = {
  client: 'codex',
  edit,
  write: (at, path) => tool(at, 'apply_patch', { command: patchOf(at, [path], 'Add') }),
  patch: (at, paths) => tool(at, 'apply_patch', { command: patchOf(at, paths, 'Update') }),
  notebook: null,
  shell: (at, command) => tool(at, 'Bash', { command }),
  read: (at, path) => tool(at, 'Bash', { command: `cat ${path}` }),
  edited: (at, path) => ({ ...edit(at, path), hook_event_name: 'PostToolUse', tool_response: { output: 'Done!' } }),
  turnEnd: (at) => base(at, 'Stop'),
  sessionStart: (at, source) => ({ ...base(at, 'SessionStart'), source }),
  sessionEnd: (at) => base(at, 'SessionEnd'),
  subagent: null,
  asks: false,
};
