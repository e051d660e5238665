// Before the freeze: everybody joins and works on the same file.

import type { FeedEvent } from '../../../../app/coordinator.ts';
import type { Updates } from '../cast.ts';
import { shuffled } from '../random.ts';
import type { Player } from '../rehearsal/player.ts';
import { PACES, type Pace, plan, playerIn, running, type Stage } from './stage.ts';

/** Starts all processes but the rescue's at once; they register one after the other, so that names do not depend on luck. */
export async function everybodyJoins(stage: Stage): Promise<void> {
  const present = shuffled(
    stage.random,
    stage.players.filter(({ member }) => member.role !== 'rescue'),
  );
  stage.tell(`${present.length} agents start, each a process of its own with its own \`brigade mcp\``);
  await Promise.all(present.map((player) => player.start()));
  for (const player of present) await join(stage, player);
}

/** Registers one agent and tells under which name. */
export async function join(stage: Stage, player: Player): Promise<void> {
  const asked = player.agentId;
  const { client, asks } = player.member;
  const agentId = await player.register();
  const opened = await stage.watch.next(`the session of ${agentId}`, 0, (event) => isSessionOf(event, agentId));
  const warned = opened.type === 'session.opened' && opened.warnings.length > 0;
  if (warned) stage.tell(`${asked} joins and is named ${agentId}, with a warning`);
  else if ('purpose' in asks) stage.tell(`${client} joins for ${asks.purpose} and is named ${agentId}`);
  else stage.tell(`${agentId} joins`);
}

function isSessionOf(event: FeedEvent, agentId: string): boolean {
  return event.type === 'session.opened' && event.agentId === agentId;
}

/** Those who have updates to make in one part of the night make them side by side, but for `apart`, who has a scene of its own. */
export async function work(
  stage: Stage,
  part: keyof Updates,
  paceOf: (player: Player) => Pace,
  ...apart: readonly Player[]
): Promise<void> {
  const busy = running(stage).filter((player) => player.member.updates[part] > 0 && !apart.includes(player));
  await Promise.all(
    busy.map((player) =>
      player.order({ do: 'work', updates: plan(stage.random, player.member, part, paceOf(player)) }),
    ),
  );
}

export async function everybodyWorks(stage: Stage): Promise<void> {
  const [frozen, steady] = [playerIn(stage, 'frozen'), playerIn(stage, 'steady')];
  const others = running(stage).filter((player) => player !== frozen && player !== steady);
  const counts = others.map(({ member }) => member.updates.evening);
  const each =
    Math.min(...counts) === Math.max(...counts) ? `${counts[0]}` : `${Math.min(...counts)} to ${Math.max(...counts)}`;
  stage.tell(
    `Everybody works on one file: ${frozen.agentId} makes ${frozen.member.updates.evening} updates, ${steady.agentId} ${steady.member.updates.evening}, the others ${each} each`,
  );
  await work(stage, 'evening', ({ member }) => (member.role === 'frozen' ? PACES.brisk : PACES.steady));
  const made = running(stage).reduce((sum, { member }) => sum + member.updates.evening, 0);
  stage.tell(`${made} updates made`, 'quiet');
}
