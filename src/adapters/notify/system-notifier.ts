// Targets as this host can reach them. One that its user has not enabled here is not reached from here, whatever a policy says:
// a policy comes with a repository, and whoever clones one has agreed to nothing.

import { lookup } from 'node:dns/promises';
import type { DeliveryTarget } from '../../core/delivery/target.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import type { TargetKeys } from '../../ports/target-keys.ts';
import type { Resolve } from './addresses.ts';
import { desktopProgram } from './desktop.ts';
import { runProgram } from './run-program.ts';
import { isSecret, type Secrets } from './sign.ts';
import { sendWebhook } from './webhook.ts';

export interface NotifierOptions {
  /** Null while the fleet is not founded. */
  readonly keys: () => TargetKeys | null;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly version: string;
  readonly resolve?: Resolve;
  readonly timeoutMs?: number;
}

export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true });

export function createNotifier(options: NotifierOptions): Notifier {
  const { keys, clock, env, platform, version, resolve = systemResolve } = options;
  const timeout = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
  const secretOf = async (target: string): Promise<string | null> => (await keys()?.secretOf(target)) ?? null;
  const secretsOf = async (target: string): Promise<Secrets> => {
    const secret = (await secretOf(target)) ?? '';
    const former = (await keys()?.formerOf(target)) ?? null;
    const isOver = former === null || former.until <= clock.wallAt();
    return isOver || former.secret === secret || !isSecret(former.secret) ? [secret] : [secret, former.secret];
  };
  const standingAgainst = async (target: DeliveryTarget): Promise<string | null> => {
    switch (target.kind) {
      case 'webhook': {
        const secret = await secretOf(target.name);
        if (secret === null) return `This host has no signing secret: brigade alerts hook ${target.name} --secret.`;
        return isSecret(secret) ? null : `The signing secret of this host cannot be read.`;
      }
      case 'command':
        if (((await keys()?.programOf(target.name)) ?? null) !== null) return null;
        return `No program is named on this host: brigade alerts hook ${target.name} --run PROGRAM.`;
      case 'desktop': {
        const found = desktopProgram({ platform, env }, NOTHING);
        return typeof found === 'string' ? found : null;
      }
    }
  };
  return {
    standingAgainst: async (target) => {
      try {
        return await standingAgainst(target);
      } catch (error) {
        // A secret that others can read is never used.
        if (error instanceof SetupFault) return error.rejection.message;
        throw error;
      }
    },
    send: async (target, message, signal) => {
      if (target.kind === 'webhook') {
        const secrets = await secretsOf(target.name);
        return sendWebhook(target, message, secrets, { clock, resolve, version, ...timeout }, signal);
      }
      const program = await programFor(target, options, message);
      if (typeof program === 'string') return { result: 'failed', detail: program, retryAfterMs: null };
      return runProgram({ program, message, env, clock, ...timeout }, signal);
    },
  };
}

const NOTHING = { code: 'contention', severity: 'info', sentence: '' } as const;

async function programFor(
  { name, kind }: DeliveryTarget,
  { keys, platform, env }: NotifierOptions,
  message: Parameters<typeof desktopProgram>[1],
): Promise<readonly [string, ...string[]] | string> {
  if (kind === 'desktop') return desktopProgram({ platform, env }, message);
  return (await keys()?.programOf(name)) ?? 'no program is named on this host';
}
