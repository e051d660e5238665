// `incident list` and `incident show`.

import { isRejection } from '../../../core/rejection.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import { foundIncident, incidentNumber, spokenIncident } from '../../answer/spoken-incidents.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { incidentLines, incidentsText, NO_INCIDENTS } from '../text/incidents-text.ts';

interface ListOptions {
  readonly open?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listIncidents(context: Context, asked: ListOptions): Promise<number> {
  const fleet = await context.look();
  const { items, cursor, total } = await fleet.coordinator.view({ kind: 'incidents', ...asked });
  const incidents = seenFrom(fleet.worktree.id).data(items) as typeof items;
  context.tell({ incidents, cursor, total }, (look) => {
    if (items.length === 0) return asked.open === true ? ['No incident is open.'] : NO_INCIDENTS;
    const more =
      cursor === null ? [] : [look.paint.faint(`${items.length} of ${total}; go on with --cursor ${cursor}`)];
    return [...incidentsText(incidents, look), ...more];
  });
  return EXIT.done;
}

export async function showIncident(context: Context, number: string): Promise<number> {
  const incident = incidentNumber(number);
  if (isRejection(incident)) return context.refuse(incident);
  const fleet = await context.look();
  const view = foundIncident(await fleet.coordinator.view({ kind: 'incident', incident }), incident);
  if (isRejection(view)) return context.refuse(view);
  const document = spokenIncident(view, fleet.worktree.id);
  context.tell(document, (look) => incidentLines(document, look));
  return EXIT.done;
}
