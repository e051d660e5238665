// What agents note in their journals, told live where it matters.

import type { Member } from '../cast.ts';
import type { JournalLine, LineOf } from '../journal.ts';
import type { Audience } from '../rehearsal/audience.ts';
import type { Stage } from './stage.ts';

/** Hears every line of every agent. */
export function liveNotes(
  stage: Pick<Stage, 'players' | 'tell'>,
  audience: Audience,
): (member: Member, line: JournalLine) => void {
  let isNamed = false;
  return ({ index }, line) => {
    const agentId = stage.players[index]?.agentId ?? '';
    if (line.what === 'registered') audience.onNamed(index, line.agentId);
    audience.onNoted(index, line);
    if (line.what === 'queued' && !isNamed) {
      const stopped = line.behind.find(({ alive }) => alive === 'stopped');
      if (stopped === undefined) return;
      isNamed = true;
      stage.tell(`${agentId}, waiting, is told: held by ${stopped.agentId}, whose process is stopped`, 'good');
    }
    if (line.what === 'refused') stage.tell(refusedText(agentId, line), 'good');
  };
}

/** What an old token is refused with says the same each time; why a wait was ended is worth hearing. */
function refusedText(agentId: string, { tool, code, token, message }: LineOf<'refused'>): string {
  const why = code === 'TOKEN_STALE' ? `token ${token ?? '?'} is stale` : message;
  return `${agentId} is refused ${tool}: ${why} (${code})`;
}
