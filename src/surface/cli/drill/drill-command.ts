// `brigade drill`: rehearses an incident with real processes and reports. It exits 1 when a promise broke, so that it can stand
// in a pipeline.

import type { Command } from 'commander';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { wholeOption } from '../parse/options.ts';
import type { Asked } from './asked.ts';
import { DRILLS, type Drill, drillsDocument, drillsLines, INCIDENTS, NIGHT } from './drills.ts';
import { runIncident } from './incidents/run-incident.ts';
import { runNight } from './night/run-night.ts';
import { drillStore } from './rehearsal/drill-store.ts';

interface Options {
  readonly list?: boolean;
  readonly agents?: number;
  readonly seed: number;
  readonly keep?: boolean;
  readonly report?: string;
  readonly page?: boolean;
}

const SEED = 20_251_119;
/** As a shell reports a process that Ctrl-C ended. */
const INTERRUPTED = 130;

export function define(command: Command, cli: Cli): void {
  command
    .argument('[name]', `which one; ${NIGHT} where none is named`, NIGHT)
    .option('--list', 'the drills there are, what each needs and how long it takes')
    .option('--agents <count>', 'how many agents; each drill says its bounds', wholeOption)
    .option('--seed <number>', `order and pauses of ${NIGHT} follow from it`, wholeOption, SEED)
    .option('--keep', 'keep the scratch folder: workspace, log and journals')
    .option('--report <file>', 'write the report that the fleet itself makes of the incident, as Markdown')
    .option('--page', 'serve the page of the drill’s fleet and open it; silent-holder leaves the help to you')
    .addHelpText('after', HELP)
    .action((name: string, options: Options) =>
      perform(command, cli, async (context) => {
        if (options.list === true) return list(context);
        const drill = DRILLS.find((each) => each.name === name);
        if (drill === undefined) return context.refuse(unknownDrill(name));
        const refused = refusalFor(drill, options);
        return refused === null ? run(context, drill, options) : context.refuse(refused);
      }),
    );
}

const HELP = `
Drills:
  ${DRILLS.map(({ name }) => name).join('\n  ')}

${NIGHT} is the night of 19 November 2025, from the first freeze to the second
incident. The others rehearse one incident each: it is made to happen, what the
fleet says of it is shown as it says it, a fresh agent without the rights of an
operator finds the cause and helps, and a score is given: detected after,
explained, freed after, lost.

Everything happens in a scratch folder, with real processes; nothing of yours is
touched. --store redis://... or etcd://... rehearses on that store, in a fleet
that is made for it and removed afterwards. Exit code 1 when a promise did not
hold. docs/drills.md tells more.`;

function list(context: Context): number {
  context.tell(drillsDocument(), drillsLines);
  return EXIT.done;
}

async function run(context: Context, drill: Drill, options: Options): Promise<number> {
  const { cli, flags } = context;
  const store = flags.store === undefined ? null : drillStore(flags.store, cli.folder);
  if (isRejection(store)) return context.refuse(store);
  if (flags.fleet !== undefined) return context.refuse(ownFleet());
  const { agents = drill.agents.usual, seed, keep = false, report = null } = options;
  const ending = new AbortController();
  const seen = Promise.withResolvers<void>();
  let isOver = false;
  const forget = onInterrupt(() => (isOver ? seen.resolve() : ending.abort()));
  const page = {
    seen: () => {
      isOver = true;
      return seen.promise;
    },
  };
  try {
    const pageAsked = options.page === true ? page : null;
    const incident = INCIDENTS.find(({ name }) => name === drill.name);
    if (incident?.needsFile === true && store?.isFile === false) return context.refuse(needsFile(drill));
    const warn = (line: string): void => cli.screen.err(line);
    const where = { store, env: cli.env, signal: ending.signal, warn };
    const asked: Asked = { agents, seed, keep, report, page: pageAsked, ...where };
    const outcome =
      incident === undefined ? await runNight(context, asked) : await runIncident(context, incident, asked);
    if (outcome === null) {
      cli.screen.err('brigade: the drill was ended early; its processes and its folder are gone.');
      return INTERRUPTED;
    }
    if (isRejection(outcome)) return context.refuse(outcome);
    if (outcome.folder !== null) context.remark(`Kept: ${outcome.folder}`);
    if (outcome.folder !== null && store?.isFile === false) context.remark(`Kept: ${store.shown}`);
    return outcome.ok ? EXIT.done : EXIT.fault;
  } finally {
    forget();
  }
}

function ownFleet(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'A drill makes a fleet of its own and takes no --fleet.',
    next: 'Leave --fleet out.',
  });
}

function needsFile({ name }: Drill): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${name} fills the disk under the log, and a log on a server is on none of this machine.`,
    next: 'Run it without --store; the other drills take any store.',
  });
}

function unknownDrill(name: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is no drill called ${name.slice(0, 40)}.`,
    next: 'brigade drill --list names those there are.',
  });
}

function refusalFor({ name, agents: { least, most }, signals }: Drill, options: Options): Rejection | null {
  const { agents, report } = options;
  if (agents !== undefined && (agents < least || agents > most)) {
    return reject('INVALID_ARGUMENT', {
      message: `${name} is not played with ${agents} agents. It takes ${least} to ${most} agents.`,
      next: `Name another --agents, or leave it out.`,
    });
  }
  if (options.page === true && name === NIGHT) {
    return reject('INVALID_ARGUMENT', {
      message: `${NIGHT} is played without its page.`,
      next: 'Rehearse silent-holder with --page: it stands still as that night did, until you help.',
    });
  }
  if (report !== undefined && name === NIGHT) {
    return reject('INVALID_ARGUMENT', {
      message: `${NIGHT} is its own report, and goes through several incidents.`,
      next: 'Leave --report out; --json writes the report for a program.',
    });
  }
  if (!signals || process.platform !== 'win32') return null;
  return reject('INVALID_ARGUMENT', {
    message: 'This drill stops or ends a process group by a signal, which Windows does not have.',
    next: 'Run it on Linux or macOS, or under WSL; brigade drill --list says which drills need none.',
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
