// A process at a desk, to be ended, stopped or killed. Its first argument is the fleet folder, the second what it does; it
// prints a line when that is done and then has nothing more to live for.

import { openDeskDoor } from '../../src/adapters/desk/desk-door.ts';
import { openProcessTable } from '../../src/adapters/system/process-table.ts';
import { randomIds } from '../../src/adapters/system/random-ids.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { DeskConnection } from '../../src/ports/desk-door.ts';

const [, , folder = '', task = ''] = process.argv;
const door = openDeskDoor({
  fleetFolder: folder,
  stateBase: `${folder}/base`,
  env: {},
  placeId: 'p_here',
  processes: openProcessTable(),
  clock: systemClock,
  ids: randomIds,
});

const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
  serve: async () => {
    await listen();
    stay();
  },
  listen,
  claim: async () => {
    await door.claimOpening();
    stay();
  },
  wait: connect,
  end: async () => (await connect()).end(),
  destroy: async () => (await connect()).destroy(),
  overfill: async () => {
    const connection = await connect();
    while (connection.send('x'.repeat(100_000)));
    connection.end();
  },
};

await tasks[task]?.();
console.log('done');

/** A desk that serves nobody. */
async function listen(): Promise<void> {
  const desk = await door.listen(() => undefined);
  await desk.publish();
}

async function connect(): Promise<DeskConnection> {
  const address = door.find();
  if (address === null) throw new Error('there is no desk');
  return door.connect(address);
}

function stay(): void {
  setInterval(() => undefined, 60_000);
}
