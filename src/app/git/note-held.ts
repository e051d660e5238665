// Writes into the log that something was changed beside the leases of others, as it was seen in git.

import type { CommandOf } from '../../core/command.ts';
import type { EditVia } from '../../core/event.ts';
import { LIMITS } from '../../core/limits.ts';
import { utf8Bytes } from '../../core/resource/key-text.ts';
import type { Committer } from './committer.ts';
import type { HeldChange } from './judge-changes.ts';

export type NoteBody = Omit<CommandOf<'note_edits'>, 'by' | 'requestId' | 'bodyHash'>;
export type NoteEdits = (body: NoteBody) => Promise<void>;

/** `committer`: who did it; null where nobody knows. One of several agents is as good as unknown. */
export async function noteHeld(
  { note }: { readonly note: NoteEdits },
  held: readonly HeldChange[],
  {
    tool,
    committer,
    via = 'git',
  }: { readonly tool: string; readonly committer: Committer | null; readonly via?: EditVia },
): Promise<void> {
  const sessions = committer?.kind === 'agent' ? committer.sessions : [];
  const by = sessions.length === 1 && sessions[0] !== undefined ? { sessionId: sessions[0].sessionId } : {};
  for (const some of inParts(held)) {
    const tokens = some.map(({ lease }) => [lease.asked, lease.token] as const);
    const resources = tokens.map(([resource]) => resource);
    await note({
      op: 'note_edits',
      resources,
      tool,
      label: null,
      via,
      beside: Object.fromEntries(tokens),
      ...by,
    });
  }
}

/** As many as one command may name, by number and by length. */
function* inParts(held: readonly HeldChange[]): Iterable<readonly HeldChange[]> {
  let part: HeldChange[] = [];
  let bytes = 0;
  for (const each of held) {
    const size = utf8Bytes(each.lease.asked);
    if (part.length === LIMITS.resourcesPerAcquire || bytes + size > LIMITS.resourceBytesPerAcquire) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(each);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
