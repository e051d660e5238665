// The wall clock of the process that decides for everybody is set a day ahead, then a day back, then right. Fleet time goes by the
// monotonic clock, so nothing expires and nobody is passed over; only times of day in the log are wrong around it.

import { setTimeout as pause } from 'node:timers/promises';
import type { EventType } from '../../../../core/event.ts';
import { counted } from '../../../../core/view/count-text.ts';
import { NO_FAULTS } from '../rehearsal/faults.ts';
import type { Promised } from '../report/promises.ts';
import type { Incident, Played } from './incident.ts';
import { isOf } from './measure.ts';
import { namesText } from './names.ts';
import { explain } from './rescuer.ts';
import { ALERT_COMES_MS, type Cook, type Scene } from './scene.ts';

const DAY_MS = 86_400_000;
/** Each of the two wrong times lasts so long. */
const WRONG_MS = 2_500;
/** By wall time every lease would be over long ago. */
const TTL_MS = 60_000;
/** A process reads its clock each second. */
const READ_MS = 1_000;

export const clockJump: Incident = {
  name: 'clock-jump',
  title: 'A clock that jumps',
  rehearses: 'The wall clock of one process jumps a day ahead and a day back while locks are held and waited for.',
  needs: 'nothing',
  signals: false,
  takesMs: 10_000,
  agents: { least: 2, usual: 4, most: 12 },
  policy: {},
  faulty: true,
  play,
};

async function play(scene: Scene): Promise<Played> {
  await scene.everybodyJoins();
  const desk = await scene.atTheDesk();
  const [waiter, ...holders] = scene.cooks.toReversed() as [Cook, ...Cook[]];
  const held = new Map<Cook, { readonly resource: string; readonly token: number }>();
  for (const cook of holders) {
    const resource = `file:src/${cook.agentId}.py`;
    const [lease] = await scene.take(cook, [resource], { reason: 'its own part', ttlMs: TTL_MS });
    held.set(cook, { resource, token: lease?.token ?? 0 });
  }
  const busy = holders[0] as Cook;
  const wanted = held.get(busy)?.resource ?? '';
  const wait = await scene.queue(waiter, [wanted], 'that part too');
  scene.tell(
    `${namesText(holders.map(({ agentId }) => agentId))} hold a lock each, and ${waiter.agentId} waits for the one of ${busy.agentId}`,
  );
  const [causeMs, causeSeq] = [scene.nowMs(), scene.seen];
  scene.suffer(desk, { ...NO_FAULTS, wallOffsetMs: DAY_MS });
  scene.tell(`The wall clock of ${desk.agentId}'s \`brigade mcp\`, which decides for all, is a day ahead`, 'bad');
  const wrote = new Wrote(scene);
  await wrote.everybody(holders);
  await pause(WRONG_MS);
  await wrote.everybody(holders);
  scene.suffer(desk, { ...NO_FAULTS, wallOffsetMs: -DAY_MS });
  scene.tell('It is a day behind', 'bad');
  await pause(WRONG_MS);
  await wrote.everybody(holders);
  await scene.alert('clock_trouble', causeSeq, ALERT_COMES_MS);
  const looker = await scene.sendIn('rescue');
  const explanation = await explain(scene, looker);
  const stand = await standing(scene, held);
  scene.suffer(desk, NO_FAULTS);
  scene.tell('It is right again');
  const expired = endings(scene, causeSeq);
  await scene.call(busy, 'release_lock', { all: true });
  if (await scene.gotOn([wait], `${waiter.agentId} to get on`)) {
    scene.tell(`${waiter.agentId} has ${wanted} now that ${busy.agentId} is done with it`, 'good');
  }
  const host = scene.watch.events.find((event) => isOf(event, 'place.anchored'));
  return {
    causeMs,
    causeSeq,
    alert: {
      code: 'clock_trouble',
      thresholdMs: READ_MS,
      because: 'a process reads its clock each second',
      names: host?.type === 'place.anchored' ? [host.host] : [],
    },
    rootCause: { codes: [], names: [] },
    reported: [],
    explanation,
    rescued: null,
    blocked: [{ agentId: waiter.agentId, resource: wanted }],
    freedBy: 'it had its turn when the holder was done, and not before',
    promises: [
      nothingExpires(expired),
      {
        id: 'tokens-hold',
        text: 'Every token holds as before',
        kept: stand === held.size,
        measured: `${stand} of ${held.size}`,
      },
      misled(scene, causeSeq),
    ],
    verdict: `The clock of the process that decides went a day ahead and a day back: no lease ended, no wait and no session, people were told which host it was, and everybody went on.`,
  };
}

/** Something for the log to be dated by. */
class Wrote {
  readonly #scene: Scene;
  #count = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  async everybody(cooks: readonly Cook[]): Promise<void> {
    this.#count += 1;
    for (const cook of cooks) {
      await this.#scene.call(cook, 'put_state', {
        key: `clock/${cook.agentId}`,
        value: this.#count,
        ifVersion: this.#count - 1,
      });
    }
  }
}

/** How many of those tokens hold now. */
async function standing(
  scene: Scene,
  held: ReadonlyMap<Cook, { readonly resource: string; readonly token: number }>,
): Promise<number> {
  let holds = 0;
  for (const [cook, { resource, token }] of held) {
    const check = await scene.call(cook, 'check_token', { resource, token });
    if (check.ok && check.reply.holds === true) holds += 1;
  }
  return holds;
}

const ENDS: ReadonlySet<EventType> = new Set([
  'lease.expired',
  'lease.dropped',
  'offer.lapsed',
  'session.lost',
  'session.closed',
]);

/** What ended by time, which nothing should. */
function endings({ watch }: Scene, after: number): readonly string[] {
  return watch.events
    .filter((event) => event.seq > after)
    .filter((event) => ENDS.has(event.type) || (isOf(event, 'wait.ended') && event.outcome === 'timed_out'))
    .map(({ type, agentId }) => `${type} of ${agentId ?? '?'}`);
}

function nothingExpires(expired: readonly string[]): Promised {
  return {
    id: 'nothing-expires',
    text: 'Nothing ends by the wrong time: no lease, no offer, no wait, no session',
    kept: expired.length === 0,
    measured: expired.length === 0 ? '0 endings' : namesText(expired),
  };
}

/** The jump did happen: without it nothing would be rehearsed. */
function misled({ watch }: Scene, after: number): Promised {
  const walls = watch.events.filter(({ seq }) => seq > after).map(({ wallAt }) => Date.parse(wallAt));
  const spanMs = walls.length === 0 ? 0 : Math.max(...walls) - Math.min(...walls);
  return {
    id: 'it-jumped',
    text: 'The times of day in the log show the jump, both ways',
    kept: spanMs >= 2 * DAY_MS - 60_000,
    measured: `they span ${counted(Math.round(spanMs / DAY_MS), 'day')}`,
  };
}
