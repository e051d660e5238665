import { cookHere, openLibrary } from '../../../../test/support/library-cook.ts';
import { Scratch } from '../../../../test/support/scratch.ts';
import { closedLoop } from '../../load/closed-loop.ts';
import { cookPair } from '../../load/cook-pair.ts';
import { BareLog, BODY } from '../../peers/bare-log.ts';
import type { Row } from '../../section.ts';
import { beside, type WayOptions } from './way.ts';

const WAY = { name: 'library', what: 'in process', bare: 'bare SQLite, one sync for all who wait' };

export async function inProcess(options: WayOptions): Promise<readonly Row[]> {
  const scratch = new Scratch();
  const fleet = await openLibrary(scratch.root, scratch.env);
  const bare = await BareLog.open(scratch.folder);
  const most = Math.max(...options.sizes);
  const cooks = await Promise.all(Array.from({ length: most }, (_, i) => cookHere(fleet, `cook-x${i}x`)));
  try {
    return await beside(WAY, options, {
      own: (callers, pace) => closedLoop(callers, pace, (i) => cookPair(cooks[i], `task:dish-${i}`)),
      bare: (callers, pace) =>
        closedLoop(callers, pace, async () => {
          await bare.append(BODY);
          await bare.append(BODY);
        }),
    });
  } finally {
    await bare.close();
    await fleet.close();
    await scratch.close();
  }
}
