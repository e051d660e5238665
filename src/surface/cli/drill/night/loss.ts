// A holder is killed with the lock in its hand, and its `brigade mcp` with it: nobody is left to give the lock back. That
// night, the clean-up that every server start ran may well have ended a holder's server so.

import { heardLater } from '../rehearsal/heard-later.ts';
import { work } from './evening.ts';
import { hold } from './freeze.ts';
import { PACES, plan, playerIn, type Stage } from './stage.ts';

export async function theLoss(stage: Stage): Promise<void> {
  const { watch } = stage;
  const player = playerIn(stage, 'ended');
  const [next] = plan(stage.random, player.member, 'bereft', PACES.brisk);
  if (next === undefined) throw new Error('the one that is killed has nothing to write');
  const { token } = await hold(player, next);
  const others = work(stage, 'bereft', () => PACES.brisk, player);
  heardLater(others);
  const waiter = await watch.next('somebody to wait for the holder', token, ({ type }) => type === 'lease.queued');
  stage.note('killed', player);
  await player.kill();
  stage.tell(
    `${player.agentId} is killed (SIGKILL, with its \`brigade mcp\`), lock in hand, while ${waiter.agentId ?? '?'} waits`,
    'bad',
  );
  const lost = await watch.next('the killed holder to be noticed', token, ({ type }) => type === 'session.lost');
  const granted = await watch.next('the next in line to be granted', lost.seq, ({ type }) => type === 'lease.granted');
  stage.tell(`It is found dead, its lock goes to ${granted.agentId ?? '?'}`, 'good');
  await others;
}
