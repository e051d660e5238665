// One call of `brigade-hook`, from what the client wrote to what it is told. Whatever happens, the client hears something that
// it understands: a hook that fails must not be why nobody can work, unless that is wanted (`--fail closed`, or policy).

import type { HookAnswer, HookCall, HookCaller } from '../../app/hook/hook-call.ts';
import { writtenByShell } from '../../app/hook/shell/written-by-shell.ts';
import { type HookOutput, NOTHING, saidOf } from './dialect.ts';
import type { HookOptions } from './hook-options.ts';
import { fieldsOf } from './input.ts';

export interface HookRun {
  readonly options: HookOptions;
  /** What the client wrote. */
  readonly text: string;
  /** Answers by the desk, or by the log itself. */
  readonly ask: (call: HookCall, caller: Omit<HookCaller, 'pid'>) => Promise<HookAnswer>;
  /** Where the hook was started. */
  readonly folder: string;
}

export interface HookResult extends HookOutput {
  readonly exitCode: 0 | 2;
}

/** Larger input is that of no edit which anybody could make by hand, and is not read. */
export const INPUT_CHARACTERS = 64 * 1024 * 1024;

export async function runHook({ options, text, ask, folder }: HookRun): Promise<HookResult> {
  const { dialect, fail } = options;
  const input = parsed(text);
  if (input === null) return unreadable(fail);
  const call = dialect.callOf(fieldsOf(input));
  if (isNoConcern(call, folder)) return { ...NOTHING, exitCode: 0 };
  const caller = { agentId: options.agent ?? null, purpose: options.purpose ?? null, secret: null };
  const answer = await ask({ ...call, folder: call.folder ?? folder }, caller).catch(faultOf);
  return { ...dialect.outputOf(saidOf(answer, call, fail), fieldsOf(input), call), exitCode: 0 };
}

/** Null for what is no JSON object. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** No JSON can be answered to what is none: all clients take exit code 2 for a refusal, whatever the event was. */
function unreadable(fail: HookOptions['fail']): HookResult {
  const what = fail === 'closed' ? 'so it was refused (fail closed)' : 'so it goes ahead (fail open)';
  const stderr = `brigade-hook: the client sent something that is no JSON object, ${what}.\n`;
  return { json: {}, stderr, exitCode: fail === 'closed' ? 2 : 0 };
}

/** Decided here, without asking anybody: most tool calls change no file. */
function isNoConcern({ moment, folder }: HookCall, here: string): boolean {
  if (moment.kind === 'other') return true;
  if (moment.kind !== 'before' && moment.kind !== 'after') return false;
  return moment.targets.every(
    (target) => target.kind === 'shell' && writtenByShell(target.command, folder ?? here).length === 0,
  );
}

function faultOf(error: unknown): HookAnswer {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'fault', message, onFault: null };
}
