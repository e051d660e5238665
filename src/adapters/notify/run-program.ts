// Runs a program with a message, once: without a shell, with its arguments as they are, and for a while only. What it writes is
// not read.

import { spawn } from 'node:child_process';
import type { OutgoingMessage } from '../../core/delivery/message.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SendResult } from '../../ports/notifier.ts';

export interface ProgramRun {
  readonly program: readonly [string, ...string[]];
  readonly message: OutgoingMessage;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** Whoever is told of an alert needs no right in the fleet. */
const SECRETS = /^BRIGADE_.*(TOKEN|SESSION)/;

/** The message is JSON on its standard input, and in pieces in its environment. Ended when it takes too long. */
export function runProgram(
  { program, message, env, clock, timeoutMs = TIMEOUT_MS }: ProgramRun,
  signal: AbortSignal,
): Promise<SendResult> {
  const [name, ...args] = program;
  return new Promise((resolve) => {
    const child = spawn(name, args, { env: environmentOf(env, message), stdio: ['pipe', 'ignore', 'ignore'] });
    let why: string | null = null;
    const end = (because: string): void => {
      why ??= because;
      child.kill('SIGKILL');
    };
    const cancel = clock.after(timeoutMs, () => end(`it ran for more than ${timeoutMs / 1_000} s`), {
      background: true,
    });
    const leave = (): void => end('this process ended');
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    const done = (result: SendResult): void => {
      cancel();
      signal.removeEventListener('abort', leave);
      resolve(result);
    };
    child.once('error', (error) =>
      done(failed(`it could not be run (${'code' in error ? String(error.code) : 'fault'})`)),
    );
    child.once('close', (code) => {
      if (code === 0 && why === null) done({ result: 'delivered', detail: 'it ran' });
      else done(failed(why ?? `it ended with ${code ?? 'a signal'}`));
    });
    // It need not read what it is given.
    child.stdin.on('error', () => undefined);
    child.stdin.end(message.body);
  });
}

function environmentOf(
  env: Readonly<Record<string, string | undefined>>,
  { id, type, number, code, severity, sentence }: OutgoingMessage,
): Record<string, string | undefined> {
  const safe = Object.entries(env).filter(([key]) => !SECRETS.test(key));
  return {
    ...Object.fromEntries(safe),
    BRIGADE_ALERT_ID: id,
    BRIGADE_ALERT_TYPE: type,
    BRIGADE_ALERT_NUMBER: String(number),
    BRIGADE_ALERT_CODE: code,
    BRIGADE_ALERT_SEVERITY: severity,
    BRIGADE_ALERT_SENTENCE: sentence,
  };
}

function failed(detail: string): SendResult {
  return { result: 'failed', detail, retryAfterMs: null };
}
