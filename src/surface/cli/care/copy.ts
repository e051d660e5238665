// `store copy`: the fleet moves to another store (src/app/move). Nobody may be at work meanwhile, and the log that is left is ended,
// so that whoever still points at it is told where the fleet is.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Move, performMove, type Survey, surveyMove } from '../../../app/move/move-fleet.ts';
import { holdsSecret } from '../../../app/shared-url.ts';
import { storeUrlOf } from '../../../app/store-url.ts';
import * as compose from '../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { countedLong } from '../../../core/view/count-text.ts';
import { fullStop } from '../../../core/view/full-stop.ts';
import type { EventStore, LogHead } from '../../../ports/event-store.ts';
import { type Operator, operatorOf } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { hostOf, lookAt } from '../open-fleet.ts';
import { refuseAttached, refuseStranger } from './attached.ts';
import { isThere } from './kept-log.ts';
import { progressOn } from './progress.ts';

export interface CopyOptions {
  readonly dryRun?: boolean;
}

type KeptLocation = compose.KeptLog['location'];

interface Order {
  readonly host: compose.Host;
  readonly from: KeptLocation;
  readonly to: KeptLocation;
  readonly dryRun: boolean;
}

export async function copyStore(
  context: Context,
  fromText: string,
  toText: string,
  { dryRun = false }: CopyOptions,
): Promise<number> {
  const host = await hostOf(context.cli, context.flags);
  const from = locationOf(host, 'FROM', fromText);
  const to = locationOf(host, 'TO', toText);
  if (isRejection(from)) return context.refuse(from);
  if (isRejection(to)) return context.refuse(to);
  if (storeUrlOf(from) === storeUrlOf(to)) return context.refuse(sameStore(storeUrlOf(to)));
  if (from.kind === 'sqlite' && !(await isThere(from.path))) return context.refuse(noLog(storeUrlOf(from)));
  const order: Order = { host, from, to, dryRun };
  const by = await whoMay(context, order);
  return isRejection(by) ? context.refuse(by) : copyAs(context, order, by);
}

function locationOf(host: compose.Host, name: string, text: string): KeptLocation | Rejection {
  const parsed = compose.parseStore(host, text);
  if (parsed.ok && parsed.location.kind !== 'memory') return parsed.location;
  const problem = parsed.ok ? 'memory: is gone with its process' : parsed.problem;
  return reject('INVALID_ARGUMENT', {
    message: fullStop(`${name}: ${problem}`),
    next: 'Name sqlite:PATH, redis://HOST[#FLEET] or etcd://HOST:PORT[#FLEET].',
  });
}

/** Asks for authority, on the log that is left, and looks whether anybody is at work in it. */
async function whoMay(context: Context, { host, from }: Order): Promise<Mover | Rejection> {
  const seen = await lookAt(context.cli, compose.atStore(host, from));
  try {
    const operator = operatorOf(context, seen);
    if (isRejection(operator)) return operator;
    // A log that cannot be read says so here, before anybody is called a stranger in it.
    const { fleetId } = await seen.coordinator.view({ kind: 'fleet' });
    if (fleetId === null) return noLog(storeUrlOf(from));
    const refused = (await refuseStranger(seen, operator)) ?? (await refuseAttached(context, seen));
    const { placeId, bootId } = seen.fleet.place;
    return refused ?? { operator, placeId, bootId };
  } finally {
    await seen.close();
  }
}

interface Mover {
  readonly operator: Operator;
  readonly placeId: string;
  readonly bootId: string;
}

async function copyAs(context: Context, order: Order, mover: Mover): Promise<number> {
  const { host, from, to, dryRun } = order;
  const source = await compose.openStoreAt(host, from);
  const progress = progressOn(context);
  let target: EventStore | null = null;
  try {
    // Where a file would be made, looking makes none.
    if (to.kind !== 'sqlite' || !dryRun || (await isThere(to.path))) target = await compose.openStoreAt(host, to);
    const move: Move = {
      from: { store: source, url: storeUrlOf(from) },
      to: { store: target, url: storeUrlOf(to) },
      ports: { hasher: compose.hasher, clock: compose.clock, nextTurn: () => nextTurn() },
      onProgress: (what, events) => progress.tell(what, events),
    };
    const survey = await surveyMove(move);
    progress.clear();
    if (isRejection(survey)) return context.refuse(survey);
    if (target === null || dryRun || survey.isDone) return tellSurvey(context, order, survey);
    const done = await performMove({ ...move, to: { ...move.to, store: target } }, survey, {
      by: `operator:${mover.operator.name}`,
      batchId: compose.ids.newId('b'),
      placeId: mover.placeId,
      bootId: mover.bootId,
      wallAt: compose.clock.wallAt(),
    });
    progress.clear();
    if (isRejection(done)) return context.refuse(done);
    await remember(order, survey, done.endedAt);
    return tellDone(context, order, { survey, ...done });
  } finally {
    progress.clear();
    await target?.close();
    await source.close();
  }
}

/** What this host has seen of both, so that neither can lose it unnoticed: not the copy its events, nor the log that was left its end. */
async function remember({ host, from, to }: Order, { fleetId, head }: Survey, endedAt: LogHead): Promise<void> {
  const [left, entered] = [compose.memoryAt(host, from), compose.memoryAt(host, to)];
  await entered.remember(fleetId);
  for (const [memory, seen] of [
    [left, endedAt],
    [entered, head],
  ] as const) {
    const keeper = memory.keepWitness(fleetId);
    keeper.raise(seen);
    await keeper.close();
  }
}

function documentOf({ from, to, dryRun }: Order, survey: Survey) {
  const { fleetId, events, batches, head, digest, already, isDone } = survey;
  return {
    from: storeUrlOf(from),
    to: storeUrlOf(to),
    fleetId,
    dryRun,
    done: isDone,
    events,
    batches,
    head,
    digest,
    alreadyThere: already.seq,
  };
}

function tellSurvey(context: Context, order: Order, survey: Survey): number {
  const { from, to } = order;
  context.tell({ ...documentOf(order, survey), snapshots: [], endedAt: null }, ({ paint }) =>
    survey.isDone
      ? [
          `${paint.good('Done already')}: the fleet has moved from ${storeUrlOf(from)} to ${storeUrlOf(to)}, which holds all of it.`,
          ...nextLines(order),
        ]
      : [
          `${contentsText(survey)} would be copied from ${storeUrlOf(from)} to ${storeUrlOf(to)}${resumeText(survey)}.`,
          'Then the log there would be compared with the one here, and this one ended. Nothing was changed.',
        ],
  );
  return EXIT.done;
}

interface Done {
  readonly survey: Survey;
  readonly snapshots: readonly number[];
  readonly endedAt: LogHead;
}

function tellDone(context: Context, order: Order, { survey, snapshots, endedAt }: Done): number {
  const document = { ...documentOf(order, survey), done: true, snapshots, endedAt: endedAt.seq };
  const { from, to } = order;
  context.tell(document, ({ paint }) => [
    `${paint.good('Copied')} ${contentsText(survey)} from ${storeUrlOf(from)} to ${storeUrlOf(to)}${resumeText(survey)}.`,
    `The copy was read back: its chain is whole, with head hash ${survey.head.hash}, and both fold to the same state.`,
    `The log in ${storeUrlOf(from)} has ended with number ${endedAt.seq}: whoever still uses it is told where the fleet is. Keep it as a backup.`,
    ...nextLines(order),
  ]);
  return EXIT.done;
}

function contentsText({ events, batches }: Survey): string {
  return `${countedLong(events, 'event')} in ${countedLong(batches, 'batch', 'batches')}`;
}

function resumeText({ already }: Survey): string {
  return already.seq === 0 ? '' : `, where everything up to number ${already.seq} was already`;
}

/** What whoever moves a fleet does next, on every host of it. */
function nextLines({ host, to }: Order): readonly string[] {
  const { value, where } = host.settings.store;
  if (storeUrlOf(value) === storeUrlOf(to)) return ['', `This workspace uses it already (${where}).`];
  const secret = 'url' in to && holdsSecret(to.url) ? ', with the password in it' : '';
  return [
    '',
    `Now, on every host of this fleet: set BRIGADE_STORE=${storeUrlOf(to)}${secret}`,
    '(or "store" in .brigade/config.json), end `brigade serve` and the clients of agents, and start them again.',
    `Here it says ${storeUrlOf(value)} still (${where}).`,
  ];
}

function sameStore(url: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `FROM and TO are the same: ${url}.`,
    next: 'Name another file, store or fleet (#NAME at the end of the URL) as TO.',
  });
}

function noLog(url: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is no log at ${url}.`,
    next: 'Name the store that the fleet uses now; `brigade config` tells which one that is.',
  });
}
