// The package is updated or removed while processes of it run: what they loaded is all that they will ever have of it.

import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brigadeBin } from '../support/brigade-bin.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

const PACKAGE = dirname(dirname(brigadeBin));
const SHIPPED = ['bin', 'dist', 'package.json'];

let scratch: Scratch;
let installed: string;
beforeEach(() => {
  scratch = new Scratch();
  installed = join(scratch.folder, 'installed');
  mkdirSync(installed);
  for (const name of SHIPPED) cpSync(join(PACKAGE, name), join(installed, name), { recursive: true });
  symlinkSync(join(PACKAGE, 'node_modules'), join(installed, 'node_modules'));
});
afterEach(() => scratch.close());

describe('processes of a package that is gone', () => {
  it('go on without the one that was the desk', async () => {
    const bin = join(installed, 'bin', 'brigade.js');
    const desk = await scratch.agent({ bin });
    await desk.call('register', { id: 'ana' });
    await desk.acquire('task:oven');
    const guest = await scratch.agent({ bin, env: { BRIGADE_LOG_LEVEL: 'debug' } });
    await guest.call('register', { id: 'bo' });
    await waitUntil('all that it may need', () => guest.stderr.includes('loaded ahead'));
    rmSync(installed, { recursive: true });
    await desk.kill();
    const { told } = await guest.call('acquire_lock', { resources: ['task:pan'], waitMs: 0 });
    expect(told).toMatchObject({ status: 'granted' });
    // The process that held it is seen to be gone.
    const { told: freed } = await guest.call('acquire_lock', { resources: ['task:oven'], waitMs: 20_000 });
    expect(freed).toMatchObject({ status: 'granted' });
  });
});
