// Claude Code. Transcribed from the vendor's typings (agent SDK 0.3.330) and changelog, not yet seen live.

import type { At, ClientInputs, Input } from './client-inputs.ts';

const base = ({ session, cwd }: At, event: string): Input => ({
  session_id: session,
  transcript_path: `/home/ana/.claude/projects/p/${session}.jsonl`,
  cwd,
  prompt_id: 'prompt_1',
  permission_mode: 'default',
  hook_event_name: event,
});

const tool = (at: At, name: string, input: Input): Input => ({
  ...base(at, 'PreToolUse'),
  tool_name: name,
  tool_input: input,
  tool_use_id: 'toolu_01',
});

const edit = (at: At, path: string): Input =>
  tool(at, 'Edit', { file_path: path, old_string: 'a', new_string: 'b', replace_all: false });

export const claudeCode: ClientInputs = {
  client: 'claude-code',
  edit,
  write: (at, path) => tool(at, 'Write', { file_path: path, content: 'x\n' }),
  patch: (at, paths) => {
    const files = paths.map((path) => `*** Update File: ${path}\n@@\n-a\n+b`).join('\n');
    const command = `apply_patch <<'PATCH'\n*** Begin Patch\n${files}\n*** End Patch\nPATCH`;
    return tool(at, 'Bash', { command, description: 'Applies a patch' });
  },
  notebook: (at, path) =>
    tool(at, 'NotebookEdit', { notebook_path: path, cell_id: 'c1', new_source: 'x', edit_mode: 'replace' }),
  shell: (at, command) => tool(at, 'Bash', { command, description: 'Does something' }),
  read: (at, path) => tool(at, 'Read', { file_path: path }),
  edited: (at, path) => ({
    ...edit(at, path),
    hook_event_name: 'PostToolUse',
    tool_response: { filePath: path, success: true },
  }),
  turnEnd: (at) => ({ ...base(at, 'Stop'), stop_hook_active: false }),
  sessionStart: (at, source) => ({ ...base(at, 'SessionStart'), source }),
  sessionEnd: (at) => ({ ...base(at, 'SessionEnd'), reason: 'prompt_input_exit' }),
  subagent: {
    edit: (at, path, id) => ({ ...edit(at, path), agent_id: id, agent_type: 'code-writer' }),
    end: (at, id) => ({
      ...base(at, 'SubagentStop'),
      agent_id: id,
      agent_type: 'code-writer',
      stop_hook_active: false,
    }),
  },
  asks: true,
};
