// `brigade run`: hold locks while a command runs.
//
// For whom it holds them: in a session that the environment names (BRIGADE_SESSION, or that of the client in --client) it
// holds them for that session, as every command there does. From a plain shell it opens a session of its own that ends with
// it, because two commands started from one shell must exclude each other; but where the shell itself holds one of the
// locks already, it joins the shell, which would else wait for itself.

import type { Command } from 'commander';
import { atMost } from '../../../app/at-most.ts';
import { LIMITS } from '../../../core/limits.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { durationOption, gather, wholeOption } from '../parse/options.ts';
import { Child } from '../run/child.ts';
import { type Held, holdLocks } from '../run/hold-locks.ts';
import { LeaseKeeper, type Loss } from '../run/keep-leases.ts';

interface Options {
  readonly lock: readonly string[];
  readonly wait?: number;
  readonly ttl?: number;
  readonly shared?: boolean;
  readonly reason?: string;
  readonly priority?: number;
  readonly grace?: number;
}

const GRACE_MS = 10_000;
/** For the log to hear that the locks are free. Whoever lost them has nothing left to give back, and only says that it goes. */
const GIVE_BACK_MS = 10_000;
const GOODBYE_MS = 2_000;

const NOT_TOLD =
  'brigade: the log could not be told that the locks are free; others get them once this process is found gone.';

export function define(command: Command, cli: Cli): void {
  command
    .argument('<command...>', 'what to run, after --')
    .requiredOption('--lock <resource>', 'what to hold meanwhile; may be given several times', gather)
    .option('--wait <duration>', 'how long to wait in line, up to 10m (30s; 0: not at all)', durationOption)
    .option(
      '--ttl <duration>',
      'ends after this long without renewal, should this process be stopped (5m)',
      durationOption,
    )
    .option('--shared', 'share it with others that only read')
    .option('--reason <text>', 'what for; others see it (the command)')
    .option('--priority <n>', '-10 to 10; the lowest gives way in a deadlock', wholeOption)
    .option('--grace <duration>', 'when a lock is lost: time between SIGTERM and SIGKILL (10s)', durationOption)
    .passThroughOptions()
    .usage('--lock <resource> [options] -- <command> [args...]')
    .addHelpText('after', HELP)
    .action((words: readonly string[], options: Options) =>
      perform(command, cli, (context) => run(context, words as readonly [string, ...string[]], options)),
    );
}

const HELP = `
The command finds its tokens in BRIGADE_TOKENS, a JSON list
[{"resource": "file:src/a.ts", "token": 812}], and its session in
BRIGADE_SESSION, so that \`brigade check src/a.ts\` within it asks for the same
lease. Its exit code is returned, 128+n when signal n ended it. When a lock is
lost it is told on stderr, sent SIGTERM, and SIGKILL after the grace; then the
exit code is 6. A command that was never started: 4 held by somebody else,
5 deadlock, 126 and 127 as a shell says it.`;

async function run(context: Context, words: readonly [string, ...string[]], options: Options): Promise<number> {
  const fleet = await context.enter();
  const held = await holdLocks(context, fleet, {
    resources: options.lock,
    waitMs: options.wait ?? LIMITS.waitMs,
    ttlMs: options.ttl ?? LIMITS.ttlMs,
    mode: options.shared === true ? 'shared' : 'exclusive',
    reason: options.reason ?? words.join(' ').slice(0, 500),
    priority: options.priority ?? 0,
  });
  if (typeof held === 'number') return held;
  const inactive = fleet.coordinator.keepActive(held.sessionId);
  let isLost = false;
  const onLost = (): void => {
    isLost = true;
  };
  try {
    return await runHolding(context, fleet, held, { words, graceMs: options.grace ?? GRACE_MS, onLost });
  } finally {
    inactive();
    const isTold = await atMost(isLost ? GOODBYE_MS : GIVE_BACK_MS, held.giveBack(), fleet.clock);
    if (isTold !== true && !isLost) context.remark(NOT_TOLD);
  }
}

interface Order {
  readonly words: readonly [string, ...string[]];
  readonly graceMs: number;
  readonly onLost: () => void;
}

async function runHolding(
  context: Context,
  fleet: SeenFleet,
  held: Held,
  { words, graceMs, onLost }: Order,
): Promise<number> {
  const { cli } = context;
  let loss: Loss | null = null;
  let child: Child | null = null;
  let ending: Promise<unknown> = Promise.resolve();
  const lose = (lost: Loss) => {
    loss = lost;
    onLost();
    const asked = `The command is asked to end, and ended after ${durationText(graceMs)}.`;
    cli.screen.err(lostLine(lost, fleet.worktree.id), `  ${child === null ? 'The command was not started.' : asked}`);
    if (child !== null) ending = child.end(graceMs);
  };
  const keeper = new LeaseKeeper(
    {
      clock: fleet.clock,
      renew: (leases) => held.seat.renew({ leases }),
      events: (signal) => fleet.coordinator.feed({ after: held.since, signal }),
    },
    held.leases,
    held.belief,
    lose,
  );
  try {
    if (loss !== null) return EXIT.staleToken;
    child = new Child(words, {
      clock: fleet.clock,
      processes: fleet.fleet.processes,
      env: childEnvironment(cli, held, fleet.worktree.id),
      folder: cli.folder,
      hasTerminal: cli.stdin.isTTY === true || cli.screen.isTerminal,
    });
    const end = await child.ended;
    // What the command had started must be gone too, before anybody else is told that it is over.
    await ending;
    if (!end.started) cli.screen.err(`brigade: ${oneLine(end.problem, 500)}`);
    return loss === null ? end.exitCode : EXIT.staleToken;
  } finally {
    keeper.stop();
  }
}

/** What the command knows: its session and tokens, and no authority. */
function childEnvironment(cli: Cli, held: Held, worktree: string): Readonly<Record<string, string | undefined>> {
  const { BRIGADE_OPERATOR_TOKEN: _, ...env } = cli.env;
  const { name } = seenFrom(worktree);
  const tokens = held.leases.map(({ resource, token }) => ({ resource: name(resource), token }));
  return { ...env, BRIGADE_SESSION: held.handle, BRIGADE_TOKENS: JSON.stringify(tokens) };
}

function lostLine({ lease, why }: Loss, worktree: string): string {
  const { name, text } = seenFrom(worktree);
  const what = lease === null ? 'a lock' : `${oneLine(name(lease.resource))} (token ${lease.token})`;
  return `brigade: lost ${what}: ${oneLine(text(why), 500)}`;
}
