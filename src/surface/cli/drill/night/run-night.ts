// The night, as the command line runs it: told live, and reported.

import { clock } from '../../../../compose.ts';
import { isRejection, type Rejection } from '../../../../core/rejection.ts';
import type { Context } from '../../context.ts';
import { type Asked, type Outcome, widthFor } from '../asked.ts';
import { castOf, seatOf } from '../cast.ts';
import { randomFrom } from '../random.ts';
import { reportOf } from '../report/report.ts';
import { reportLines } from '../report/report-text.ts';
import { boardOnTerminal, type LiveScreen, linesOnStderr, linesOnStdout } from '../screen/live-screen.ts';
import { rehearse } from './rehearse.ts';

/** Null when it was ended early. */
export async function runNight(context: Context, asked: Asked): Promise<Outcome | Rejection | null> {
  const random = randomFrom(asked.seed);
  const cast = castOf(asked.agents, random);
  const live = liveScreen(context, cast);
  try {
    const rehearsed = await rehearse({ ...asked, cast, random, audience: live });
    live.close();
    if (rehearsed === null || isRejection(rehearsed)) return rehearsed;
    const report = reportOf(rehearsed.result);
    context.tell(report, ({ width, paint }) => reportLines(report, { width: widthFor(width), paint }));
    return { ok: report.ok, folder: rehearsed.folder };
  } finally {
    live.close();
  }
}

function liveScreen({ cli, json }: Context, cast: ReturnType<typeof castOf>): LiveScreen {
  if (json) return linesOnStderr(cli.screen);
  if (!cli.screen.isTerminal) return linesOnStdout(cli.screen);
  return boardOnTerminal(cli.screen, process.stdout, { seats: cast.map(seatOf), nowMs: () => clock.monotonicMs() });
}
