// Cursor.
//
//   in    conversation_id, workspace_roots, hook_event_name; tool_name and tool_input, or file_path of an edit that was done
//   out   {} to let it happen; permission `deny` with user_message and agent_message
//
// One process of Cursor has many conversations, each an agent of its own.

import type { HookCall, HookMoment } from '../../app/hook/hook-call.ts';
import { type Dialect, type HookOutput, NOTHING, type Said } from './dialect.ts';
import { type Fields, listIn, longTextIn, textIn } from './input.ts';
import { labelIn, momentOf } from './moments.ts';

export const cursor: Dialect = { client: 'cursor', callOf, outputOf };

function callOf(input: Fields): HookCall {
  const label = labelIn(input);
  return {
    client: 'cursor',
    sessionId: textIn(input, 'conversation_id', 'session_id'),
    folder: textIn(input, 'cwd') ?? rootIn(input),
    label,
    moment: cursorMoment(input, label),
  };
}

function rootIn(input: Fields): string | null {
  const [root] = listIn(input, 'workspace_roots');
  return typeof root === 'string' && root !== '' ? root : null;
}

function cursorMoment(input: Fields, label: string | null): HookMoment {
  const event = textIn(input, 'hook_event_name');
  switch (event) {
    case 'beforeShellExecution': {
      const command = longTextIn(input, 'command');
      return { kind: 'before', tool: 'Shell', targets: command === null ? [] : [{ kind: 'shell', command }] };
    }
    case 'afterFileEdit': {
      const path = textIn(input, 'file_path');
      return { kind: 'after', tool: 'Edit', targets: path === null ? [] : [{ kind: 'path', path }], isDone: true };
    }
    default: {
      const moment = momentOf(event, input, label);
      // An edit is told once, by afterFileEdit; of a command only this tells that it is over.
      const isTwice = moment.kind === 'after' && moment.targets.some(({ kind }) => kind === 'path');
      return isTwice ? { kind: 'other' } : moment;
    }
  }
}

function outputOf(said: Said): HookOutput {
  if (said.kind !== 'allow')
    return { json: { permission: 'deny', user_message: said.reason, agent_message: said.reason }, stderr: null };
  if (said.note !== null) return { json: { additional_context: said.note }, stderr: null };
  return { ...NOTHING, stderr: said.warning };
}
