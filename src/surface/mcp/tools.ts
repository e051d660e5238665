// Every tool, in the order in which clients list them.

import type { Tool } from './tool.ts';
import { acquireLock } from './tools/acquire-lock.ts';
import { checkIn } from './tools/check-in.ts';
import { checkToken } from './tools/check-token.ts';
import { diagnose } from './tools/diagnose.ts';
import { fleetStatus } from './tools/fleet-status.ts';
import { getState } from './tools/get-state.ts';
import { handOff } from './tools/hand-off.ts';
import { listLocks } from './tools/list-locks.ts';
import { putState } from './tools/put-state.ts';
import { readMessages } from './tools/read-messages.ts';
import { recordOutcome } from './tools/record-outcome.ts';
import { recover } from './tools/recover.ts';
import { register } from './tools/register.ts';
import { releaseLock } from './tools/release-lock.ts';
import { rescue } from './tools/rescue.ts';
import { sendMessage } from './tools/send-message.ts';
import { withdraw } from './tools/withdraw.ts';

export const TOOLS: readonly Tool[] = [
  register,
  acquireLock,
  releaseLock,
  withdraw,
  handOff,
  checkToken,
  listLocks,
  checkIn,
  recordOutcome,
  recover,
  fleetStatus,
  diagnose,
  rescue,
  getState,
  putState,
  sendMessage,
  readMessages,
];
