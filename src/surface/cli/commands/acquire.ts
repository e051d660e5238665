import type { Command } from 'commander';
import type { Call } from '../../../app/seat/call.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import type { SeatOutcome } from '../../../app/seat/seat-outcome.ts';
import { isRejection, reject } from '../../../core/rejection.ts';
import type { AcquireReply } from '../../../core/reply.ts';
import { presencesOf } from '../../answer/presences.ts';
import { blockersIn, spokenAcquire, spokenRejection } from '../../answer/spoken.ts';
import { refuseHeld, remarkOn, tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { interruptible } from '../interruptible.ts';
import { callerSeat } from '../occupant.ts';
import { durationOption, wholeOption } from '../parse/options.ts';
import { grantedLines, queuedLines } from '../text/acquire-text.ts';

interface Options {
  readonly wait?: number;
  readonly ttl?: number;
  readonly shared?: boolean;
  readonly reason?: string;
  readonly priority?: number;
  readonly ticket?: string;
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument(
      '[resources...]',
      'what to lock: src/a.ts, file:src/, "file:src/**/*.ts", src/a.ts#parse, task:review ...',
    )
    .option('--wait <duration>', 'how long to wait in line, up to 10m (without it: do not queue)', durationOption)
    .option('--ttl <duration>', 'ends after this long without activity (5m)', durationOption)
    .option('--shared', 'share it with others that only read')
    .option('--reason <text>', 'what for; others see it')
    .option('--priority <n>', '-10 to 10; the lowest gives way in a deadlock', wholeOption)
    .option('--ticket <ticket>', 'go on waiting in the place of a ticket, or claim its offer')
    .option('--dry-run', 'ask, but take nothing')
    .addHelpText('after', HELP)
    .action((resources: readonly string[], options: Options) =>
      perform(command, cli, async (context) => {
        if ((resources.length === 0) === (options.ticket === undefined)) return context.refuse(NEITHER);
        const fleet = await context.enter();
        const seat = await callerSeat(cli, fleet);
        const outcome = await interruptible(context, fleet, ask(seat, resources, options));
        if (typeof outcome === 'number') {
          context.remark('Left the line.');
          return outcome;
        }
        return tell(context, seat, outcome, options.dryRun === true);
      }),
    );
}

const HELP = `
All resources are granted together or not at all. The lock belongs to your shell
(or to the session in BRIGADE_SESSION) and ends with it; give it back with
\`brigade release RES=TOKEN\`. Durations have a unit: 250ms, 30s, 5m, 1h.
Exit codes: 0 granted, 4 held or still in line, 5 waiting would be a deadlock.`;

const NEITHER = reject('INVALID_ARGUMENT', {
  message: 'Name resources to ask for, or --ticket to go on waiting: one of the two.',
  next: 'For example: brigade acquire src/a.ts --wait 30s.',
});

function ask(
  seat: Seat,
  resources: readonly string[],
  { wait: waitMs = 0, ttl: ttlMs, shared, reason, priority, ticket, dryRun }: Options,
): (call: Call) => Promise<SeatOutcome<AcquireReply>> {
  if (ticket !== undefined) return (call) => seat.await({ ticket, waitMs }, call);
  const mode = shared === true ? 'shared' : 'exclusive';
  return (call) => seat.acquire({ resources, waitMs, mode, ttlMs, reason, priority }, { ...call, dryRun });
}

async function tell(context: Context, seat: Seat, outcome: SeatOutcome<AcquireReply>, isDry: boolean): Promise<number> {
  const { answer } = outcome;
  const blockers = isRejection(answer) ? blockersIn(answer) : answer.blockedBy;
  const presences = await presencesOf(seat, blockers);
  if (isRejection(answer)) {
    remarkOn(context, outcome);
    return refuseHeld(context, spokenRejection(answer, outcome, presences));
  }
  return tellOutcome(context, outcome, (replied) => {
    const document = spokenAcquire(replied, presences);
    const isQueued = document.status === 'queued';
    return {
      document,
      lines: (look) => (isQueued ? queuedLines(document, look) : grantedLines(document, outcome.acting, isDry, look)),
      exitCode: isQueued ? EXIT.contended : EXIT.done,
    };
  });
}
