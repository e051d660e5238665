// Errors on their way from a desk to a guest and back.

import { StoreFault } from '../../ports/event-store.ts';
import type { Fault } from './protocol.ts';

export function faultOf(error: unknown): Fault {
  if (error instanceof StoreFault) return { code: error.code, message: error.message, details: error.details };
  return { code: null, message: error instanceof Error ? error.message : String(error), details: {} };
}

export function errorOf({ code, message, details }: Fault): Error {
  return code === null ? new Error(message) : new StoreFault(code, message, { details });
}

/** The desk is gone, silent or leaving. What was asked of it and not answered is asked again elsewhere. */
export class LinkLost extends Error {
  /** It went without a word: whoever finds it published still must not come back to it. */
  readonly isSilent: boolean;
  constructor(isSilent: boolean) {
    super('The desk is gone.');
    this.name = 'LinkLost';
    this.isSilent = isSilent;
  }
}
