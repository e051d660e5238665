// What the system refuses, as the port says it.

import { DeskFault } from '../../ports/desk-door.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from '../system/error-code.ts';

/** `unusable`, with what failed and the system's code for it; a `DeskFault` stays what it is. */
export function faultOf(what: string, error: unknown): DeskFault {
  if (error instanceof DeskFault) return error;
  if (error instanceof SetupFault) return new DeskFault('unusable', error.message, { cause: error });
  const why = errorCode(error) || (error instanceof Error ? error.message : String(error));
  return new DeskFault('unusable', `${what} (${why}).`, { cause: error });
}
