// The user's name as it goes into an agent's id.

import { userInfo } from 'node:os';

const LENGTH_MAX = 24;

/** Lower-case letters and digits of the account's name; `user` where nothing is left or there is no account. */
export function userNameForIds(name: string = accountName()): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return plain.slice(0, LENGTH_MAX) || 'user';
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
