// Starts a peer in a process of its own and waits until it says that it is ready, or ends.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Peer {
  readonly child: ChildProcess;
  /** What it said first. */
  readonly told: unknown;
  readonly end: () => Promise<void>;
}

/** Rejects when it ends before it says anything. */
export async function startPeer(program: string, args: readonly string[]): Promise<Peer> {
  const child = fork(program, args, { execArgv: [] });
  const told = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${program} ${args.join(' ')} ended with ${code}`)));
  });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  };
  return { child, told, end };
}
