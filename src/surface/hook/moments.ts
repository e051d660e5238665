// Which moment an event of a client is. Clients spell the same events differently (`PreToolUse`, `preToolUse`, `BeforeTool`),
// and will have more of them: an event that is not here is none of our business.

import type { HookMoment } from '../../app/hook/hook-call.ts';
import { type Fields, fieldsOf, textIn } from './input.ts';
import { toolTargets } from './tool-targets.ts';

type Kind = 'before' | 'after' | 'failed' | 'start' | 'stop' | 'sub-stop' | 'end';

const EVENTS: Readonly<Record<string, Kind>> = {
  pretooluse: 'before',
  beforetool: 'before',
  posttooluse: 'after',
  aftertool: 'after',
  posttoolusefailure: 'failed',
  sessionstart: 'start',
  stop: 'stop',
  afteragent: 'stop',
  subagentstop: 'sub-stop',
  sessionend: 'end',
};

const OTHER: HookMoment = { kind: 'other' };

/** `label`: of the sub-agent. */
export function momentOf(event: string | null, input: Fields, label: string | null): HookMoment {
  const name = (event ?? '').toLowerCase();
  switch (Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined) {
    case 'before':
      return { kind: 'before', ...toolOf(input) };
    case 'after':
      return { kind: 'after', ...toolOf(input), isDone: !hasFailed(input) };
    case 'failed':
      return { kind: 'after', ...toolOf(input), isDone: false };
    case 'start':
      return { kind: 'session-start', how: howOf(input) };
    case 'stop':
      return { kind: 'turn-end' };
    case 'sub-stop':
      // Without its name nobody knows what it took, and the turn of the agent that started it goes on.
      return label === null ? OTHER : { kind: 'turn-end' };
    case 'end':
      return { kind: 'session-end', isReplaced: textIn(input, 'reason') === 'clear' };
    case undefined:
      return OTHER;
  }
}

function toolOf(input: Fields) {
  const tool = textIn(input, 'tool_name', 'toolName') ?? 'a tool';
  const targets = toolTargets(tool, fieldsOf(input.tool_input ?? input.toolInput));
  return { tool: tool.slice(0, TOOL_MAX), targets };
}

const TOOL_MAX = 120;

function hasFailed(input: Fields): boolean {
  const { error, isError, is_error: failed } = fieldsOf(input.tool_response ?? input.toolResponse);
  return (error !== undefined && error !== null && error !== '') || isError === true || failed === true;
}

function howOf(input: Fields): Extract<HookMoment, { kind: 'session-start' }>['how'] {
  const source = textIn(input, 'source');
  if (source === 'compact') return 'compacted';
  return source === 'resume' || source === 'fork' ? 'resumed' : 'new';
}

/** The sub-agent that acts, by its kind and id. */
export function labelIn(input: Fields): string | null {
  const id = textIn(input, 'agent_id', 'agentId', 'subagent_id');
  if (id === null) return null;
  const kind = textIn(input, 'agent_type', 'agentType', 'subagent_type');
  return (kind === null ? id : `${kind}:${id}`).slice(0, LABEL_MAX);
}

const LABEL_MAX = 120;
