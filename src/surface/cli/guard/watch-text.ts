// What `brigade guard watch` says: what was changed, beside whose lease, and how sure that is.

import type { SeenEdit } from '../../../app/git/edit-watch.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { resourceText } from '../../../core/view/resource-text.ts';
import type { Look } from '../output/screen.ts';
import { spokenHeld } from './guard-text.ts';

const DID: Readonly<Record<SeenEdit['change'], string>> = {
  added: 'was made',
  changed: 'was changed',
  removed: 'was removed',
};

/** One line for a person. */
export function seenEditLine({ path, change, changedMs, lease, found }: SeenEdit, { paint, reader }: Look): string {
  const at = paint.faint(new Date(changedMs).toLocaleTimeString('en-GB'));
  const holder = oneLine(lease.agentId);
  const held = `${holder} holds ${resourceText(lease.resource, reader)} (token ${lease.token})`;
  const what = `${paint.strong(oneLine(path, 160))} ${DID[change]}`;
  switch (found.kind) {
    case 'told':
      return `${at}  ${what} by ${paint.bad(oneLine(found.agentId))}; ${held}`;
    case 'unexplained':
      return `${at}  ${what} by nobody who said so; ${held}, and its client told of no edit then. A command that ${holder} ran may have done it.`;
    case 'unsure':
      return `${at}  ${what}; ${held}, has been idle for ${durationText(lease.idleForMs)}, and its client tells of no edits: it may have been ${holder}.`;
  }
}

/** One line of JSON. */
export function spokenSeenEdit({ path, change, changedMs, lease, found }: SeenEdit, reader: string) {
  const held = spokenHeld({ change: { path, kind: change }, lease }, reader);
  const by = found.kind === 'told' ? found.agentId : null;
  return { kind: 'edit', found: found.kind, by, changedAt: new Date(changedMs).toISOString(), ...held };
}
