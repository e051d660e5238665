// An EventStore that lives in a process of its own: every call goes there and comes back over IPC.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { EventStore, LogHead, StoreFaultCode } from '../../src/ports/event-store.ts';
import { StoreFault } from '../../src/ports/event-store.ts';
import { type StoreConfig, storeFrom } from './store-config.ts';

type RemoteMethod = Exclude<keyof EventStore, 'traits' | 'onAppended'>;

export interface WorkerRequest {
  readonly call: number;
  readonly method: RemoteMethod | 'listen' | 'flood' | 'holdLock';
  readonly args: readonly unknown[];
}

export type WorkerMessage =
  | { readonly kind: 'result'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly call: number; readonly code: StoreFaultCode | null; readonly message: string }
  | { readonly kind: 'hint' }
  | { readonly kind: 'acknowledged'; readonly batchId: string; readonly lastSeq: number };

export interface RemoteStore extends EventStore {
  /** Appends without end. Its batches are numbered in the order in which they are tried. */
  flood(from: LogHead, bytes: number): void;
  /** Enters a write transaction and stays there. */
  holdLock(): Promise<void>;
  readonly acknowledged: readonly { readonly batchId: string; readonly lastSeq: number }[];
  /** Resolves after the next acknowledged append of a flood. */
  nextAcknowledged(): Promise<void>;
  readonly pid: number;
  stop(): void;
  resume(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

export function openRemoteStore(config: StoreConfig): RemoteStore {
  const child = fork(new URL('./store-worker.ts', import.meta.url), [JSON.stringify(config)], { execArgv: [] });
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const hints = new Set<() => void>();
  const acknowledged: { batchId: string; lastSeq: number }[] = [];
  const awaiting = new Set<{ resolve: () => void; reject: (error: Error) => void }>();
  let made = 0;

  child.on('message', (message: WorkerMessage) => {
    if (message.kind === 'hint') for (const hint of hints) hint();
    if (message.kind === 'acknowledged') {
      acknowledged.push({ batchId: message.batchId, lastSeq: message.lastSeq });
      for (const { resolve } of awaiting) resolve();
      awaiting.clear();
    }
    if (message.kind === 'result') calls.get(message.call)?.resolve(message.value);
    if (message.kind === 'failure' && message.call === 0) endFlood(asError(message));
    if (message.kind === 'failure') calls.get(message.call)?.reject(asError(message));
  });

  child.on('exit', () => {
    endFlood(new Error('the other process has ended'));
    for (const { reject } of calls.values()) reject(new Error('the other process has ended'));
    calls.clear();
  });

  function endFlood(error: Error): void {
    for (const { reject } of awaiting) reject(error);
    awaiting.clear();
  }

  /** For what is never answered. */
  function tell(method: WorkerRequest['method'], ...args: readonly unknown[]): void {
    child.send({ call: 0, method, args } satisfies WorkerRequest);
  }

  function ask<T>(method: WorkerRequest['method'], ...args: readonly unknown[]): Promise<T> {
    made += 1;
    const call = made;
    return new Promise<T>((resolve, reject) => {
      const settle = (): void => void calls.delete(call);
      calls.set(call, {
        resolve: (value) => {
          settle();
          resolve(value as T);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      child.send({ call, method, args } satisfies WorkerRequest, (error) => {
        if (error !== null) calls.get(call)?.reject(error);
      });
    });
  }

  return {
    traits: storeFrom(config).traits,
    open: () => ask('open'),
    read: (after, limit) => ask('read', after, limit),
    append: (expected, batch) => ask('append', expected, batch),
    onAppended: (hint) => {
      hints.add(hint);
      tell('listen');
      return () => void hints.delete(hint);
    },
    loadSnapshot: (...args) => ask('loadSnapshot', ...args),
    saveSnapshot: (snapshot) => ask('saveSnapshot', snapshot),
    truncate: (before) => ask('truncate', before),
    beat: (beat) => ask('beat', beat),
    beats: () => ask('beats'),
    close: async () => {
      if (hasEnded(child)) return;
      await ask('close');
      await end(child, () => child.disconnect());
    },
    flood: (from, bytes) => tell('flood', from, bytes),
    holdLock: () => ask('holdLock'),
    acknowledged,
    nextAcknowledged: () => new Promise((resolve, reject) => void awaiting.add({ resolve, reject })),
    pid: child.pid ?? 0,
    stop: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => end(child, () => child.kill('SIGKILL')),
  };
}

async function end(child: ChildProcess, how: () => void): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  how();
  await ended;
}

function asError({ code, message }: { readonly code: StoreFaultCode | null; readonly message: string }): Error {
  return code === null ? new Error(message) : new StoreFault(code, message);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
