// Locks of others, as their users have them: one call to take a lock, however long that takes, and one to give it back.

import { join } from 'node:path';
import type { Survives } from '../../section.ts';

export interface Locks {
  /** Waits until it is granted; answers how to give it back. */
  readonly lock: (name: string) => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

export interface LockLibrary {
  readonly name: string;
  readonly what: string;
  readonly needs: 'folder' | 'redis' | 'etcd';
  readonly survives: Survives;
  readonly open: (place: string) => Promise<Locks>;
}

/** Longer than any benchmark holds one. */
const HELD_MS = 120_000;

export const LOCK_LIBRARIES: readonly LockLibrary[] = [
  {
    name: 'proper-lockfile',
    what: 'proper-lockfile, a folder for each lock',
    needs: 'folder',
    survives: 'os',
    open: openLockFiles,
  },
  {
    name: 'redis-semaphore',
    what: 'Mutex of redis-semaphore',
    needs: 'redis',
    survives: 'disk',
    open: openRedisMutexes,
  },
  { name: 'etcd-lock', what: "etcd's own lock service", needs: 'etcd', survives: 'disk', open: openEtcdLocks },
];

async function openLockFiles(folder: string): Promise<Locks> {
  const { lock } = await import('proper-lockfile');
  const retries = { forever: true, minTimeout: 10, maxTimeout: 100, factor: 1.2 };
  return {
    lock: (name) => lock(join(folder, name), { realpath: false, retries }),
    close: () => Promise.resolve(),
  };
}

async function openRedisMutexes(url: string): Promise<Locks> {
  const [{ Redis }, { Mutex }] = await Promise.all([import('ioredis'), import('redis-semaphore')]);
  const client = new Redis(url);
  return {
    lock: async (name) => {
      const mutex = new Mutex(client, name, { lockTimeout: HELD_MS, acquireTimeout: HELD_MS, refreshInterval: 0 });
      await mutex.acquire();
      return () => mutex.release();
    },
    close: async () => {
      await client.quit();
    },
  };
}

/** Over the JSON gateway, as our own adapter speaks to etcd. */
async function openEtcdLocks(url: string): Promise<Locks> {
  const ask = async (path: string, body: object): Promise<Readonly<Record<string, string>>> => {
    const answer = await fetch(`${url.replace('etcd:', 'http:')}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Readonly<Record<string, string>>;
  };
  const { ID: lease } = await ask('lease/grant', { TTL: HELD_MS / 1_000 });
  return {
    lock: async (name) => {
      const { key } = await ask('lock/lock', { name: Buffer.from(name).toString('base64'), lease });
      return async () => void (await ask('lock/unlock', { key }));
    },
    close: async () => void (await ask('lease/revoke', { ID: lease })),
  };
}
