// Gemini CLI. Transcribed from the vendor's documents of November 2026, not yet seen live.

import type { At, ClientInputs, Input } from './client-inputs.ts';

const base = ({ session, cwd }: At, event: string): Input => ({
  session_id: session,
  transcript_path: `/home/ana/.gemini/tmp/${session}.json`,
  cwd,
  hook_event_name: event,
  timestamp: '2026-11-23T08:00:00.000Z',
});

const tool = (at: At, name: string, input: Input): Input => ({
  ...base(at, 'BeforeTool'),
  tool_name: name,
  tool_input: input,
  mcp_context: null,
});

const edit = (at: At, path: string): Input =>
  tool(at, 'replace', { file_path: path, old_string: 'a', new_string: 'b', instruction: 'x' });

export const gemini: ClientInputs = {
  client: 'gemini',
  edit,
  write: (at, path) => tool(at, 'write_file', { file_path: path, content: 'x\n' }),
  patch: (at, paths) => tool(at, 'run_shell_command', { command: `sed -i 's/a/b/' ${paths.join(' ')}` }),
  notebook: null,
  shell: (at, command) => tool(at, 'run_shell_command', { command, description: 'x' }),
  read: (at, path) => tool(at, 'read_file', { file_path: path }),
  edited: (at, path) => ({
    ...edit(at, path),
    hook_event_name: 'AfterTool',
    tool_response: { llmContent: 'ok', returnDisplay: 'ok', error: null },
  }),
  turnEnd: (at) => ({ ...base(at, 'AfterAgent'), prompt: 'p', prompt_response: 'r', stop_hook_active: false }),
  sessionStart: (at, source) => ({ ...base(at, 'SessionStart'), source }),
  sessionEnd: (at) => ({ ...base(at, 'SessionEnd'), reason: 'exit' }),
  subagent: null,
  asks: false,
};
