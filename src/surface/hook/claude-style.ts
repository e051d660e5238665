// Claude Code, and those that took its hooks over: Codex and Copilot in VS Code.
//
//   in    session_id, cwd, hook_event_name, tool_name, tool_input, agent_id and agent_type within a sub-agent
//   out   {} to let it happen; hookSpecificOutput with permissionDecision `deny` or `ask`; additionalContext; systemMessage
//
// `allow` is never said: it would spare the person at the client a question that the client would have asked.

import type { HookCall } from '../../app/hook/hook-call.ts';
import { type Dialect, type HookOutput, NOTHING, type Said } from './dialect.ts';
import { type Fields, textIn } from './input.ts';
import { labelIn, momentOf } from './moments.ts';

interface Style {
  readonly client: string;
  /** It lets a person decide; else whatever would be asked is denied. */
  readonly asks: boolean;
}

function dialectOf({ client, asks }: Style): Dialect {
  return { client, callOf: (input) => callOf(client, input), outputOf: (said, input) => outputOf(said, input, asks) };
}

export const claudeCode = dialectOf({ client: 'claude-code', asks: true });
export const codex = dialectOf({ client: 'codex', asks: false });
export const vscode = dialectOf({ client: 'vscode', asks: true });

function callOf(client: string, input: Fields): HookCall {
  const label = labelIn(input);
  return {
    // Cursor runs the hooks of Claude Code too, and its session is its own then.
    client: textIn(input, 'cursor_version') === null ? client : 'cursor',
    sessionId: textIn(input, 'session_id', 'sessionId', 'conversation_id'),
    folder: textIn(input, 'cwd'),
    label,
    moment: momentOf(eventIn(input), input, label),
  };
}

function eventIn(input: Fields): string | null {
  return textIn(input, 'hook_event_name', 'hookEventName');
}

function outputOf(said: Said, input: Fields, asks: boolean): HookOutput {
  const hookEventName = eventIn(input) ?? '';
  if (said.kind === 'allow') {
    if (said.note !== null)
      return { json: { hookSpecificOutput: { hookEventName, additionalContext: said.note } }, stderr: null };
    return said.warning === null ? NOTHING : { json: { systemMessage: said.warning }, stderr: null };
  }
  const decision = said.kind === 'ask' && asks ? 'ask' : 'deny';
  const hookSpecificOutput = {
    hookEventName,
    permissionDecision: decision,
    permissionDecisionReason: said.reason,
  };
  return { json: { hookSpecificOutput }, stderr: null };
}
