// `brigade drill`: rehearses an incident with real processes and reports. It exits 1 when a promise broke, so that it can stand
// in a pipeline.

import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { parseStoreUrl, storeUrlOf } from '../../../app/store-url.ts';
import { clock } from '../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { wholeOption } from '../parse/options.ts';
import { AGENTS, castOf } from './cast.ts';
import { rehearse } from './night/rehearse.ts';
import { randomFrom } from './random.ts';
import { reportOf } from './report/report.ts';
import { reportLines } from './report/report-text.ts';
import { boardOnTerminal, type LiveScreen, linesOnStderr, linesOnStdout } from './screen/live-screen.ts';

interface Options {
  readonly agents: number;
  readonly seed: number;
  readonly keep?: boolean;
}

const NAME = 'too-many-cooks';
const SEED = 20_251_119;
/** As a shell reports a process that Ctrl-C ended. */
const INTERRUPTED = 130;
/** What a pipe or a file is written for. */
const PLAIN_WIDTH = 96;

export function define(command: Command, cli: Cli): void {
  command
    .argument('[name]', `which incident: ${NAME}`, NAME)
    .option('--agents <count>', `how many agents, ${AGENTS.least} to ${AGENTS.most}`, agentsOption, AGENTS.usual)
    .option('--seed <number>', 'order and pauses follow from it', wholeOption, SEED)
    .option('--keep', 'keep the scratch folder: workspace, log and journals')
    .addHelpText('after', HELP)
    .action((name: string, options: Options) =>
      perform(command, cli, async (context) => {
        const refused = refusalFor(name);
        return refused === null ? drill(context, options) : context.refuse(refused);
      }),
    );
}

const HELP = `
${NAME}: the night of 19 November 2025. Agents edit one file under locks, each with its own brigade mcp. One is stopped
with the lock in its hand, a rescue agent comes, another is killed, two take two files in opposite order. Everything happens
in a scratch folder, with real processes; nothing of yours is touched. Exit code 1 when a promise broke.`;

async function drill(context: Context, { agents, seed, keep = false }: Options): Promise<number> {
  const { cli, flags } = context;
  const store = storeOf(flags.store, cli.folder);
  if (isRejection(store)) return context.refuse(store);
  const random = randomFrom(seed);
  const cast = castOf(agents, random);
  const live = liveScreen(context, cast);
  const ending = new AbortController();
  const forget = onInterrupt(() => ending.abort());
  try {
    const rehearsed = await rehearse({
      cast,
      seed,
      random,
      env: cli.env,
      store,
      keep,
      signal: ending.signal,
      audience: live,
    });
    live.close();
    if (rehearsed === null) {
      cli.screen.err('brigade: the drill was ended early; its processes and its folder are gone.');
      return INTERRUPTED;
    }
    if (isRejection(rehearsed)) return context.refuse(rehearsed);
    const report = reportOf(rehearsed.result);
    context.tell(report, ({ width, paint }) => reportLines(report, { width: Math.min(width, widest(width)), paint }));
    if (rehearsed.folder !== null) context.remark(`Kept: ${rehearsed.folder}`);
    return report.ok ? EXIT.done : EXIT.fault;
  } finally {
    live.close();
    forget();
  }
}

function widest(width: number): number {
  return Number.isFinite(width) ? width : PLAIN_WIDTH;
}

function liveScreen({ cli, json }: Context, cast: ReturnType<typeof castOf>): LiveScreen {
  if (json) return linesOnStderr(cli.screen);
  if (!cli.screen.isTerminal) return linesOnStdout(cli.screen);
  return boardOnTerminal(cli.screen, process.stdout, { cast, nowMs: () => clock.monotonicMs() });
}

function agentsOption(text: string): number {
  const count = wholeOption(text);
  if (count >= AGENTS.least && count <= AGENTS.most) return count;
  throw new InvalidArgumentError(`It takes ${AGENTS.least} to ${AGENTS.most} agents.`);
}

function refusalFor(name: string): Rejection | null {
  if (name !== NAME) {
    return reject('INVALID_ARGUMENT', {
      message: `There is no drill called ${name.slice(0, 40)}.`,
      next: `Run brigade drill ${NAME}.`,
    });
  }
  if (process.platform !== 'win32') return null;
  return reject('INVALID_ARGUMENT', {
    message: 'This drill stops a process group by a signal, which Windows does not have.',
    next: 'Run it on Linux or macOS, or under WSL.',
  });
}

/** The store that every process of the drill uses, as a URL with an absolute path; null for one in the scratch workspace. */
function storeOf(text: string | undefined, folder: string): string | null | Rejection {
  if (text === undefined) return null;
  const parsed = parseStoreUrl(text, folder);
  if (parsed.ok && parsed.location.kind === 'sqlite') return storeUrlOf(parsed.location);
  const problem = parsed.ok ? 'memory: is seen by one process only, and the drill needs many' : parsed.problem;
  return reject('INVALID_ARGUMENT', {
    message: `--store: ${problem}.`,
    next: 'Leave --store out for a log in the scratch folder, or name sqlite:PATH.',
  });
}

/** Calls `end` at the first request to end; a second one ends the process as usual. */
function onInterrupt(end: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}
