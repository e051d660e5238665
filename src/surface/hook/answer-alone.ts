// Answers a hook where no desk is open: this process folds the log itself, for this one call. Loaded only then, because it
// brings the whole coordinator. It opens no desk: it is over before anybody else could use it.

import { answerHook } from '../../app/hook/answer-hook.ts';
import type { HookAnswer, HookCall, HookCaller } from '../../app/hook/hook-call.ts';
import type { Environment, SettingFlags } from '../../app/settings.ts';
import { hookPortsOf, openFleet, prepareHost } from '../../compose.ts';

export interface AloneStart {
  readonly flags: SettingFlags;
  readonly env: Environment;
  readonly folder: string;
}

export async function answerAlone(
  { flags, env, folder }: AloneStart,
  call: HookCall,
  caller: HookCaller,
): Promise<HookAnswer> {
  const host = await prepareHost({ flags, env, folder, stays: false });
  const fleet = await openFleet(host);
  try {
    return await answerHook(hookPortsOf(fleet), call, caller);
  } finally {
    await fleet.close();
  }
}
