// Copilot in VS Code (preview). Transcribed from documents at second hand, November 2026, not yet seen live.

import type { At, ClientInputs, Input } from './client-inputs.ts';

const base = ({ session, cwd }: At, event: string): Input => ({
  timestamp: '2026-11-23T08:00:00.000Z',
  cwd,
  sessionId: session,
  hookEventName: event,
  transcript_path: '/tmp/t.json',
});

const tool = (at: At, name: string, input: Input): Input => ({
  ...base(at, 'PreToolUse'),
  tool_name: name,
  tool_input: input,
  tool_use_id: 'tool_1',
});

const edit = (at: At, path: string): Input =>
  tool(at, 'replace_string_in_file', { filePath: path, oldString: 'a', newString: 'b' });

export const vscode: ClientInputs = {
  client: 'vscode',
  edit,
  write: (at, path) => tool(at, 'create_file', { filePath: path, content: 'x\n' }),
  patch: (at, paths) => tool(at, 'editFiles', { files: paths }),
  notebook: (at, path) => tool(at, 'edit_notebook_file', { filePath: path, editType: 'edit', newCode: 'x' }),
  shell: (at, command) => tool(at, 'run_in_terminal', { command, explanation: 'x', isBackground: false }),
  read: (at, path) => tool(at, 'read_file', { filePath: path }),
  edited: (at, path) => ({ ...edit(at, path), hookEventName: 'PostToolUse', tool_response: 'ok' }),
  turnEnd: (at) => ({ ...base(at, 'Stop'), stop_hook_active: false }),
  sessionStart: (at, source) => ({ ...base(at, 'SessionStart'), source }),
  sessionEnd: (at) => base(at, 'SessionEnd'),
  subagent: {
    edit: (at, path, id) => ({ ...edit(at, path), agent_id: id, agent_type: 'Plan' }),
    end: (at, id) => ({ ...base(at, 'SubagentStop'), agent_id: id, agent_type: 'Plan' }),
  },
  asks: true,
};
