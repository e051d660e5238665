// Opens a connection, within a bound: a listener that is overwhelmed must not hold up whoever could work without it.

import { connect, type Socket } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import { DeskFault } from '../../ports/desk-door.ts';
import { errorCode } from '../system/error-code.ts';
import { faultOf } from './faults.ts';

const PATIENCE_MS = 500;
/** Nobody listens, or nobody who takes connections: `EAGAIN` is a full queue of them. */
const GONE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'EAGAIN', 'ECONNRESET', 'EPIPE', 'ENOTSOCK']);

/** Rejects with the system's error, or with `DeskFault` `gone` when it took too long. */
export function dial(path: string, clock: Clock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const cancel = clock.after(PATIENCE_MS, () => {
      socket.destroy(new DeskFault('gone', `Whoever listens at ${path} takes no connection.`));
    });
    socket.once('error', (error) => {
      cancel();
      reject(error);
    });
    socket.once('connect', () => {
      cancel();
      resolve(socket);
    });
  });
}

/** What a failed `dial` says about a desk. */
export function dialFault(path: string, error: unknown): DeskFault {
  if (error instanceof DeskFault) return error;
  if (GONE.has(errorCode(error))) return new DeskFault('gone', `Nobody listens at ${path}.`, { cause: error });
  if (errorCode(error) === 'EACCES')
    return new DeskFault('unsafe', `${path} is not open to this user.`, { cause: error });
  return faultOf(`${path} cannot be connected to`, error);
}
