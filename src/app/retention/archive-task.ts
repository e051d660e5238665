// One step of retention, done by one process of this host at a time: two at once would begin archives of the same stretch that
// end at different numbers.

import type { ArchivedSegment } from '../../core/event.ts';
import type { Alone } from '../../ports/alone.ts';
import type { ArchiveTask } from '../../ports/log-keeper.ts';
import { archiveNext } from './archive-log.ts';
import { type CutOptions, cutArchived } from './cut-archived.ts';

export interface TaskOptions extends CutOptions {
  readonly alone: Alone;
  readonly nowWallAt: string;
}

/** What was archived; null where nothing was, or somebody else is at it. Throws `StoreFault`. */
export async function archiveTask(options: TaskOptions, task: ArchiveTask): Promise<ArchivedSegment | null> {
  return options.alone(async () => {
    if (task.do === 'archive') return archiveNext({ ...options, fleetId: task.fleetId, keep: task.keep });
    await cutArchived(options, task.segment);
    return null;
  });
}
