// The beginning of the log was written to an archive and may be cut off: said once, before it is cut, so that whoever misses it
// hears where it is.

import type { NoteArchivedCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import type { DoneReply } from '../reply.ts';
import { done } from '../session/presence.ts';

export function noteArchived(ledger: Ledger, { segment }: NoteArchivedCommand): DoneReply {
  const known = ledger.state.fleet?.archived?.lastSeq ?? 0;
  if (ledger.state.fleet === null || segment.lastSeq <= known) return done(false);
  ledger.emit({ type: 'log.archived', ...segment });
  return done(true);
}
