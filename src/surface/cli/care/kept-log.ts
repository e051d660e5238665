// The log of the settings, for commands that keep it.

import { stat } from 'node:fs/promises';
import { storeUrlOf } from '../../../app/store-url.ts';
import { type Host, type KeptLog, keptLog } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';

/** Where the log is; or why there is none to be kept. Of a shared store only opening it tells whether there is one. */
export async function keptLogOf(host: Host): Promise<KeptLog | Rejection> {
  const { store } = host.settings;
  const { value: location } = store;
  if (location.kind === 'memory') {
    return reject('INVALID_ARGUMENT', {
      message: `The log is memory:, which is gone with its process (${store.where}).`,
      next: 'Name one that stays with --store: sqlite:PATH, redis://HOST or etcd://HOST:PORT.',
    });
  }
  if (location.kind !== 'sqlite' || (await isThere(location.path))) return keptLog(host, location);
  return noLog(location.path);
}

export function logInFile(path: string): KeptLog {
  return { location: { kind: 'sqlite', path }, durability: 'process' };
}

/** `where`: for people. */
export function noLog(where: string): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: `There is no log yet at ${where}.`,
    next: 'It is made by the first command that changes something, such as `brigade acquire src/a.ts`.',
  });
}

/** For people. */
export function placeOf({ location }: KeptLog): string {
  return location.kind === 'sqlite' ? location.path : storeUrlOf(location);
}

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
