// What every command has that a coordinator gives on its own behalf.

import type { Caller } from '../core/command.ts';
import type { IdSource } from '../ports/id-source.ts';

export interface CommandHead {
  readonly by: Caller;
  readonly requestId: string;
  readonly bodyHash: string;
}

/** Of this coordinator itself; `name` says which part of it. */
export function systemCommand(ids: IdSource, name: string): CommandHead {
  return { by: { kind: 'system', name }, requestId: ids.newId('sys'), bodyHash: '' };
}

/** On behalf of a caller whose call is parked here. */
export function followUp(ids: IdSource, by: Caller): CommandHead {
  return { by, requestId: ids.newId('sys'), bodyHash: '' };
}
