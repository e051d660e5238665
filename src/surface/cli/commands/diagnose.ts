import type { Command } from 'commander';
import { rejectionOf } from '../../../app/trouble.ts';
import { createSqlite } from '../../../compose.ts';
import type { OwnTrouble } from '../../../core/diagnosis/finding.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import { spokenDiagnosis } from '../../answer/spoken-diagnosis.ts';
import { isOperator } from '../authority.ts';
import { keptLogOf } from '../care/kept-log.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { diagnosisText } from '../text/diagnosis-text.ts';

export function define(command: Command, cli: Cli): void {
  command
    .argument('[about]', 'only what concerns this resource (src/a.ts, task:review ...) or this agent')
    .addHelpText('after', HELP)
    .action((about: string | undefined) =>
      perform(command, cli, async (context) => {
        const fleet = await context.look();
        const subject = about === undefined ? {} : await subjectOf(fleet, about);
        if (isRejection(subject)) return context.refuse(subject);
        const own = { store: await lockTrouble(fleet) };
        const view = await fleet.coordinator.view({ kind: 'diagnosis', ...subject, own });
        const asker = (await isOperator(context, fleet)) ? 'operator' : 'agent';
        const spoken = spokenDiagnosis(view, fleet.worktree.id, asker);
        context.tell(spoken, (look) => diagnosisText(spoken, view.waits, look));
        return spoken.findings.length === 0 ? EXIT.done : EXIT.fault;
      }),
    );
}

const HELP = `
The root cause comes first. Exit code 1 when something was found. Looking changes
nothing; \`brigade rescue FINDING\` acts on a finding.`;

/** Reading a file goes on when nobody can write it, so the view alone would not tell. */
async function lockTrouble({ host }: SeenFleet): Promise<OwnTrouble['store']> {
  const kept = await keptLogOf(host);
  if (isRejection(kept) || kept.location.kind !== 'sqlite') return null;
  const log = await createSqlite(kept.location.path, 'process');
  try {
    await log.open();
    return (await log.isWriteLocked()) ? LOCKED : null;
  } catch (error) {
    // Whatever else stands against it is told by the view.
    if (rejectionOf(error).code === 'INTERNAL') throw error;
    return null;
  } finally {
    await log.close();
  }
}

const LOCKED = {
  code: 'STORE_UNAVAILABLE',
  message: 'a process keeps it locked, so nobody can write; it may be stopped, or a program that is none of Brigade',
} as const;

/** An agent of that name, else a resource: a bare word that is no agent is a file. */
async function subjectOf(
  fleet: SeenFleet,
  about: string,
): Promise<{ readonly agentId: string } | { readonly resource: string } | Rejection> {
  const { total } = await fleet.coordinator.view({ kind: 'agents', agentId: about, limit: 1 });
  if (total > 0) return { agentId: about };
  const key = await fleet.keyOf(about);
  return isRejection(key) ? key : { resource: key };
}
