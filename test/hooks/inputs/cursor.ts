// Cursor. Transcribed from the vendor's documents of November 2026, not yet seen live.

import type { At, ClientInputs, Input } from './client-inputs.ts';

const base = ({ session, cwd }: At, event: string): Input => ({
  conversation_id: session,
  generation_id: 'gen_1',
  model: 'composer-2',
  hook_event_name: event,
  cursor_version: '2.4.1',
  workspace_roots: [cwd],
  user_email: null,
});

const tool = (at: At, name: string, input: Input): Input => ({
  ...base(at, 'preToolUse'),
  tool_name: name,
  tool_input: input,
  tool_use_id: 'tool_1',
});

export const cursor: ClientInputs = {
  client: 'cursor',
  edit: (at, path) => tool(at, 'StrReplace', { path, old_string: 'a', new_string: 'b' }),
  write: (at, path) => tool(at, 'Write', { file_path: path, content: 'x\n' }),
  patch: (at, paths) => tool(at, 'Write', { files: paths.map((path) => ({ file_path: path, content: 'x' })) }),
  notebook: (at, path) => tool(at, 'NotebookEdit', { target_notebook: path, cell_idx: 0, new_string: 'x' }),
  shell: (at, command) => tool(at, 'Shell', { command, working_directory: '' }),
  read: (at, path) => tool(at, 'Read', { file_path: path }),
  edited: (at, path) => ({
    ...base(at, 'afterFileEdit'),
    file_path: path,
    edits: [{ old_string: 'a', new_string: 'b' }],
  }),
  turnEnd: (at) => ({ ...base(at, 'stop'), status: 'completed', loop_count: 0 }),
  sessionStart: (at, source) => ({ ...base(at, 'sessionStart'), source, session_id: at.session }),
  sessionEnd: (at) => ({ ...base(at, 'sessionEnd'), reason: 'completed', session_id: at.session }),
  subagent: null,
  asks: false,
};
