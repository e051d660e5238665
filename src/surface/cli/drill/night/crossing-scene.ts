// 01:00: two agents edit the core file and its server, and take them in opposite order. Whoever closes the circle hears so at
// once and gives way; in the end both have edited both, and the core file still has all its lines.

import { crossingPair } from '../cast.ts';
import type { Player } from '../rehearsal/player.ts';
import { CORE_FILE, SERVER_FILE } from '../workspace-files.ts';
import { running, type Stage } from './stage.ts';

export async function theCrossing(stage: Stage): Promise<void> {
  const { watch } = stage;
  const [one, other] = pairIn(stage);
  const pair = `${one.agentId} and ${other.agentId}`;
  await stage.mark('01:00', `${pair} take the core file and its server in opposite order`);
  stage.tell(`${pair} take ${CORE_FILE} and ${SERVER_FILE}, in opposite order`);
  const first = await begin(one, { first: CORE_FILE, second: SERVER_FILE, line: 120 });
  const second = await begin(other, { first: SERVER_FILE, second: CORE_FILE, line: 340 });
  one.goOn();
  const after = Math.max(first.token, second.token);
  await watch.next(`${one.agentId} to wait`, after, ({ type }) => type === 'lease.queued');
  other.goOn();
  await Promise.all([first.rest, second.rest]);
  stage.tell(`Both have edited both files`, 'good');
}

function pairIn(stage: Stage): readonly [Player, Player] {
  const pair = crossingPair(running(stage).map(({ member }) => member));
  return pair.map((member) => stage.players[member.index]) as unknown as readonly [Player, Player];
}

/** Resolves when the first file's lock is in hand. */
function begin(
  player: Player,
  crossing: { readonly first: string; readonly second: string; readonly line: number },
): Promise<{ readonly token: number; readonly rest: Promise<unknown> }> {
  return new Promise((resolve, reject) => {
    const rest = player.order({ do: 'cross', ...crossing }, (token) => resolve({ token, rest }));
    rest.catch(reject);
  });
}
