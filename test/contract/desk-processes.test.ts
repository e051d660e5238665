// Desks and their guests in processes of their own: what is left of one that was killed, and what keeps one alive.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDeskDoor } from '../../src/adapters/desk/desk-door.ts';
import { openProcessTable } from '../../src/adapters/system/process-table.ts';
import { randomIds } from '../../src/adapters/system/random-ids.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { DeskConnection, DeskDoor } from '../../src/ports/desk-door.ts';
import { hear } from '../support/heard.ts';
import { waitUntil } from '../support/wait-until.ts';

let folder = '';
let door: DeskDoor;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-desk-'));
  door = openDeskDoor({
    fleetFolder: folder,
    stateBase: join(folder, 'base'),
    env: {},
    placeId: 'p_here',
    processes: openProcessTable(),
    clock: systemClock,
    ids: randomIds,
  });
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a process that does `task`; it has done it. */
async function start(task: string): Promise<ChildProcess> {
  const worker = fileURLToPath(new URL('./desk-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [worker, folder, task], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await waitUntil(`${task} to be done`, () => said.includes('done'));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

it('a desk that was killed is gone at once, and the next one clears its traces away', async () => {
  for (let round = 0; round < 3; round += 1) await kill(await start('serve'));
  const left = door.find() ?? '';
  expect(readdirSync(folder)).toContain(left);
  await expect(door.connect(left)).rejects.toMatchObject({ code: 'gone' });
  const desk = await door.listen(() => undefined);
  await desk.publish();
  expect(readdirSync(folder).toSorted()).toEqual([desk.address, 'desk.sock']);
  await desk.close();
  expect(readdirSync(folder)).toEqual([]);
});

it('a desk that is stopped takes connections, and is not cleared away', async () => {
  const stopped = await start('serve');
  const address = door.find() ?? '';
  stopped.kill('SIGSTOP');
  const desk = await door.listen(() => undefined);
  await desk.publish();
  const guest = hear(await door.connect(address));
  stopped.kill('SIGKILL');
  await waitUntil('the close', () => guest.closes > 0);
  expect(guest.closes).toBe(1);
  await desk.close();
});

it('a desk that is stopped and takes no more connections is gone', async () => {
  const stopped = await start('serve');
  const address = door.find() ?? '';
  stopped.kill('SIGSTOP');
  const taken: DeskConnection[] = [];
  // Far more than the system keeps in line for a listener.
  const fill = async (): Promise<void> => {
    for (let n = 0; n < 2_000; n += 1) taken.push(await door.connect(address));
  };
  await expect(fill()).rejects.toMatchObject({ name: 'DeskFault', code: 'gone' });
  for (const connection of taken) connection.destroy();
});

it('a claim is over when its holder was killed, and not while it is stopped', async () => {
  const holder = await start('claim');
  expect(await door.claimOpening()).toBeNull();
  holder.kill('SIGSTOP');
  expect(await door.claimOpening()).toBeNull();
  await kill(holder);
  expect(await door.claimOpening()).not.toBeNull();
});

it('a desk does not keep its process alive', async () => {
  const desk = await start('listen');
  await waitUntil('the process to end', () => hasEnded(desk));
  expect(desk.exitCode).toBe(0);
});

it('a connection keeps its process alive until it is ended or destroyed', async () => {
  const desk = await door.listen(() => undefined);
  await desk.publish();
  const waiting = await start('wait');
  for (const task of ['end', 'destroy']) {
    const child = await start(task);
    await waitUntil('the process to end', () => hasEnded(child));
    expect(child.exitCode).toBe(0);
  }
  expect(hasEnded(waiting)).toBe(false);
  await desk.close();
});

it('a desk that takes nothing holds up a guest that leaves for a moment only', async () => {
  const desk = await start('serve');
  desk.kill('SIGSTOP');
  const guest = await start('overfill');
  await waitUntil('the process to end', () => hasEnded(guest), { withinMs: 5_000 });
  expect(guest.exitCode).toBe(0);
});
