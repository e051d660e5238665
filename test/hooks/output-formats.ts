// What each client understands of an answer, as its documents say it. Strict: a field that a client does not know is a flaw,
// because nobody would be told of it.

import * as z from 'zod';

const claudeStyle = (decisions: readonly ['deny'] | readonly ['deny', 'ask']) =>
  z.union([
    z.strictObject({ systemMessage: z.string().optional() }),
    z.strictObject({
      hookSpecificOutput: z.strictObject({
        hookEventName: z.literal('PreToolUse'),
        permissionDecision: z.enum(decisions),
        permissionDecisionReason: z.string().min(1),
      }),
    }),
    z.strictObject({
      hookSpecificOutput: z.strictObject({
        hookEventName: z.literal('SessionStart'),
        additionalContext: z.string().min(1),
      }),
    }),
  ]);

export const OUTPUT_FORMATS: Readonly<Record<string, z.ZodType>> = {
  'claude-code': claudeStyle(['deny', 'ask']),
  vscode: claudeStyle(['deny', 'ask']),
  codex: claudeStyle(['deny']),
  cursor: z.union([
    z.strictObject({}),
    z.strictObject({
      permission: z.literal('deny'),
      user_message: z.string().min(1),
      agent_message: z.string().min(1),
    }),
    z.strictObject({ additional_context: z.string().min(1) }),
  ]),
  gemini: z.union([
    z.strictObject({ systemMessage: z.string().optional() }),
    z.strictObject({ decision: z.literal('deny'), reason: z.string().min(1) }),
    z.strictObject({
      hookSpecificOutput: z.strictObject({
        hookEventName: z.literal('SessionStart'),
        additionalContext: z.string().min(1),
      }),
    }),
  ]),
};

export interface Decided {
  readonly decision: 'allow' | 'deny' | 'ask';
  /** What is told: the reason of a denial, context, a warning. */
  readonly text: string;
}

/** What a client does with the answer, the same for all. */
export function decidedBy(output: Readonly<Record<string, unknown>>): Decided {
  const own = (output.hookSpecificOutput ?? {}) as Readonly<Record<string, unknown>>;
  const decision = own.permissionDecision ?? output.permission ?? output.decision ?? 'allow';
  const text =
    own.permissionDecisionReason ??
    own.additionalContext ??
    output.agent_message ??
    output.reason ??
    output.additional_context;
  const said = text ?? output.systemMessage;
  return { decision: decision as Decided['decision'], text: typeof said === 'string' ? said : '' };
}
