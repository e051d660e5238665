// 23:25 to 00:25: a holder stands still with the lock in its hand. The others wait, hear why, and are let through; a rescue
// agent is sent in; the holder comes back with an old token.

import type { FeedEvent } from '../../../../app/coordinator.ts';
import { durationText } from '../../../../core/view/duration-text.ts';
import type { PlannedUpdate } from '../protocol.ts';
import { heardLater } from '../rehearsal/heard-later.ts';
import type { Player } from '../rehearsal/player.ts';
import { join, work } from './evening.ts';
import { PACES, plan, playerIn, running, type Stage } from './stage.ts';

/** A player with a lock in its hand, just before it writes. */
export interface Holding {
  readonly player: Player;
  readonly token: number;
  /** The rest of its order, which goes on when it is told to. */
  readonly rest: Promise<unknown>;
}

/** Lets `player` take the lock of an update; resolves when it has it. */
export function hold(player: Player, update: PlannedUpdate): Promise<Holding> {
  return new Promise((resolve, reject) => {
    const rest = player.order({ do: 'holdThenWrite', update }, (token) => resolve({ player, token, rest }));
    rest.catch(reject);
  });
}

/** The whole of it, up to the holder's own 28th update. */
export async function theFreeze(stage: Stage): Promise<void> {
  const frozen = await freeze(stage);
  const rescue = playerIn(stage, 'rescue');
  const others = work(stage, 'frozen', () => PACES.slow, frozen.player, rescue);
  heardLater(others);
  await stage.watch.next('somebody to wait for the frozen holder', frozen.token, ({ type }) => type === 'lease.queued');
  await Promise.all([rescue.start(), passedOver(stage, frozen)]);
  await sendRescue(stage, rescue);
  await others;
  await comeBack(stage, frozen);
  await concurrentAllAlong(stage, frozen);
}

async function freeze(stage: Stage): Promise<Holding> {
  const player = playerIn(stage, 'frozen');
  const [last] = plan(stage.random, player.member, 'frozen', PACES.brisk);
  if (last === undefined) throw new Error('the frozen one has nothing to write');
  const holding = await hold(player, last);
  for (const other of running(stage)) other.guard(player);
  player.stop();
  stage.note('stopped', player);
  const what = `${player.agentId} stands still before update ${last.update}, lock in hand`;
  await stage.mark('23:25', `${what}: SIGSTOP to it and its brigade mcp`);
  stage.tell(`${what} (SIGSTOP to it and its \`brigade mcp\`)`, 'bad');
  return holding;
}

/** The lease runs out and the line moves on, while the holder still stands. */
async function passedOver(stage: Stage, { player, token }: Holding): Promise<void> {
  const { watch } = stage;
  const ended = await watch.next('the lease of the frozen holder to end', token, (event) => isEndOf(event, token));
  const next = await watch.next(
    'the next in line to be granted',
    ended.seq - 1,
    ({ type }) => type === 'lease.granted',
  );
  const unused = ended.type === 'lease.expired' ? `, unused for ${durationText(ended.at - ended.lastUsedAt)}` : '';
  stage.tell(
    `${player.agentId} is passed over: its lease ends${unused}; ${next.agentId ?? '?'} is granted token ${next.seq}`,
    'good',
  );
}

function isEndOf(event: FeedEvent, token: number): boolean {
  const isEnd = event.type === 'lease.expired' || event.type === 'lease.revoked' || event.type === 'lease.dropped';
  return isEnd && event.token === token;
}

async function sendRescue(stage: Stage, rescue: Player): Promise<void> {
  await stage.mark('23:50', 'a rescue agent is sent in, named by its purpose');
  await join(stage, rescue);
  const { sentences = [] } = await rescue.order({ do: 'look' });
  for (const sentence of sentences) stage.tell(`${rescue.agentId} sees: ${sentence}`);
  await rescue.order({ do: 'work', updates: plan(stage.random, rescue.member, 'frozen', PACES.brisk) });
  stage.tell(
    `${rescue.agentId} makes its ${rescue.member.updates.frozen} updates beside the one that stands still`,
    'good',
  );
}

async function comeBack(stage: Stage, { player, token, rest }: Holding): Promise<void> {
  await stage.mark('23:52', `${player.agentId} goes on (SIGCONT), token ${token} still in its hand`);
  stage.tell(`${player.agentId} goes on (SIGCONT) and writes with token ${token}, as if nothing had happened`);
  // What it does next waits in its channel, so it goes straight on to its write when it wakes.
  player.goOn();
  player.resume();
  for (const other of running(stage)) other.guard(null);
  stage.note('resumed', player);
  await rest;
  stage.tell(
    `${player.agentId} makes its update ${player.member.updates.evening + 1} again, under a new token`,
    'good',
  );
}

async function concurrentAllAlong(stage: Stage, { token }: Holding): Promise<void> {
  const steady = playerIn(stage, 'steady');
  const back = stage.watch.events.find((event) => event.type === 'drill.marked' && event.label === '23:52');
  const made = stage.watch.events.filter(
    (event) =>
      event.type === 'state.put' &&
      event.agentId === steady.agentId &&
      event.seq > token &&
      event.seq < (back?.seq ?? 0),
  );
  const what = `${steady.agentId} made ${made.length} updates while the holder stood still`;
  await stage.mark('00:25', what);
  stage.tell(what, 'good');
}
