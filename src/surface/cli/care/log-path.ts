// The file of a log, for commands that keep it as a file.

import { stat } from 'node:fs/promises';
import type { Settings } from '../../../app/settings.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';

/** Path of the log; or why there is none to be kept. */
export async function logPath({ store }: Settings): Promise<string | Rejection> {
  const { value: location } = store;
  if (location.kind !== 'sqlite') {
    return reject('INVALID_ARGUMENT', {
      message: `The log is ${location.kind}:, which is no file (${store.where}).`,
      next: 'Name the log file with --store sqlite:PATH.',
    });
  }
  if (await isThere(location.path)) return location.path;
  return reject('STORE_UNAVAILABLE', {
    message: `There is no log yet at ${location.path}.`,
    next: 'It is made by the first command that changes something, such as `brigade acquire src/a.ts`.',
  });
}

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
