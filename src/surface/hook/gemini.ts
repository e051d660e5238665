// Gemini CLI.
//
//   in    session_id, cwd, hook_event_name, tool_name, tool_input
//   out   {} to let it happen; decision `deny` with a reason; hookSpecificOutput.additionalContext; systemMessage
//
// Whatever on stdout is no JSON lets everything happen, so nothing else is ever written there.

import type { HookCall } from '../../app/hook/hook-call.ts';
import { type Dialect, type HookOutput, NOTHING, type Said } from './dialect.ts';
import { type Fields, textIn } from './input.ts';
import { labelIn, momentOf } from './moments.ts';

export const gemini: Dialect = { client: 'gemini', callOf, outputOf };

function callOf(input: Fields): HookCall {
  const label = labelIn(input);
  const event = textIn(input, 'hook_event_name');
  return {
    client: 'gemini',
    sessionId: textIn(input, 'session_id'),
    folder: textIn(input, 'cwd'),
    label,
    moment: momentOf(event, input, label),
  };
}

function outputOf(said: Said, input: Fields): HookOutput {
  if (said.kind !== 'allow') return { json: { decision: 'deny', reason: said.reason }, stderr: null };
  const hookEventName = textIn(input, 'hook_event_name') ?? '';
  if (said.note !== null)
    return { json: { hookSpecificOutput: { hookEventName, additionalContext: said.note } }, stderr: null };
  return said.warning === null ? NOTHING : { json: { systemMessage: said.warning }, stderr: null };
}
