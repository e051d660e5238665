import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { WitnessedHead } from '../../ports/witness.ts';
import { createPlainLogger } from './plain-logger.ts';
import { openTwoFolders } from './two-folders.ts';
import { raiseWitness, readWitness } from './witness-files.ts';
import { createWitnessKeeper } from './witness-keeper.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-witness-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const folders = (primary = join(folder, 'primary')) => openTwoFolders(primary, join(folder, 'fallback'));
const head = (epoch: number, seq: number, digit = 'a'): WitnessedHead => ({ epoch, seq, hash: digit.repeat(64) });
const read = async () => {
  const witness = await readWitness(folders(), 'f_1');
  return witness === null ? null : { epoch: witness.epoch, seq: witness.seq, hash: witness.hash };
};

describe('the witness', () => {
  it('is what was raised, with fleet and time', async () => {
    expect(await readWitness(folders(), 'f_1')).toBeNull();
    await raiseWitness(folders(), head(0, 7));
    expect(await readWitness(folders(), 'f_1')).toEqual({
      fleetId: 'f_1',
      ...head(0, 7),
      wallAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
  });

  it('never falls: a higher epoch goes before a higher number, and the first hash stays', async () => {
    await raiseWitness(folders(), head(0, 7));
    await raiseWitness(folders(), head(0, 6, 'b'));
    await raiseWitness(folders(), head(0, 7, 'c'));
    expect(await read()).toEqual(head(0, 7));
    await raiseWitness(folders(), head(1, 5));
    expect(await read()).toEqual(head(1, 5));
    await raiseWitness(folders(), head(0, 1000));
    expect(await read()).toEqual(head(1, 5));
    await raiseWitness(folders(), head(1, 2 ** 40 + 10));
    expect(await read()).toEqual(head(1, 2 ** 40 + 10));
  });

  it('leaves two values below the largest, for listings that run beside a raise, and no more', async () => {
    for (let seq = 1; seq <= 20; seq += 1) await raiseWitness(folders(), head(0, seq));
    expect(readdirSync(join(folder, 'primary')).toSorted()).toEqual(
      [18, 19, 20].map((seq) => `0-${seq}-${'a'.repeat(64)}`),
    );
    expect(await read()).toEqual(head(0, 20));
  });

  it('ignores what it did not write', async () => {
    await raiseWitness(folders(), head(0, 3));
    for (const name of ['.tmp', '9-9-short', `9-9-${'z'.repeat(64)}`]) {
      writeFileSync(join(folder, 'primary', name), '');
    }
    expect(await read()).toEqual(head(0, 3));
  });

  it('is the larger of both folders where the first could not always be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const closed = folders(join(folder, 'file', 'below'));
    await raiseWitness(closed, head(0, 9));
    expect(closed.warning()).toContain('fallback');
    await raiseWitness(folders(), head(0, 8));
    expect(await read()).toEqual(head(0, 9));
  });

  it('refuses what is no head', async () => {
    await expect(raiseWitness(folders(), { epoch: 0, seq: 1, hash: '../x' })).rejects.toThrow(TypeError);
    await expect(raiseWitness(folders(), { ...head(0, 1), seq: 1.5 })).rejects.toThrow(TypeError);
  });

  it('is never seen to fall while processes race to raise it, and ends at the highest', async () => {
    const count = 300;
    const race = { running: true };
    const codes = Promise.all([0, 1, 2].map((offset) => raiseInProcess(offset, 3, count))).finally(() => {
      race.running = false;
    });
    const seen: number[] = [];
    while (race.running) seen.push((await read())?.seq ?? 0);
    expect(await codes).toEqual([0, 0, 0]);
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    expect(await read()).toEqual(head(0, count));
  });
});

/** A process of its own that raises to every `step`th number up to `count`; its exit code. */
async function raiseInProcess(offset: number, step: number, count: number): Promise<number | null> {
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    const { openTwoFolders } = await import(${module('./two-folders.ts')});
    const { raiseWitness } = await import(${module('./witness-files.ts')});
    const folders = openTwoFolders(${JSON.stringify(join(folder, 'primary'))}, ${JSON.stringify(join(folder, 'fallback'))});
    for (let seq = ${offset + 1}; seq <= ${count}; seq += ${step}) {
      await raiseWitness(folders, { epoch: 0, seq, hash: 'a'.repeat(64) });
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

/** Timers that run when the test says so. */
class HandClock implements Clock {
  readonly #due = new Map<number, () => void>();
  #next = 0;
  monotonicMs = () => 0;
  preciseMs = () => 0;
  wallAt = () => '2026-11-22T00:00:00.000Z';
  after(ms: number, run: () => void): Cancel {
    if (ms !== 250) throw new Error(`a timer of ${ms} ms`);
    const id = this.#next;
    this.#next += 1;
    this.#due.set(id, run);
    return () => this.#due.delete(id);
  }
  get armed(): number {
    return this.#due.size;
  }
  pass(): void {
    const due = [...this.#due.values()];
    this.#due.clear();
    for (const run of due) run();
  }
}

describe('the keeper', () => {
  const open = (clock: Clock, primary?: string) => {
    const lines: string[] = [];
    const logger = createPlainLogger('warn', (line) => lines.push(line));
    return { keeper: createWitnessKeeper({ folders: folders(primary), clock, logger }), lines };
  };
  const rests = async (clock: HandClock) => {
    await expect.poll(() => clock.armed, { interval: 2, timeout: 8000 }).toBe(1);
  };

  it('writes at once when it rested, and then once for all that came in 250 ms', async () => {
    const clock = new HandClock();
    const { keeper } = open(clock);
    keeper.raise(head(0, 1));
    await rests(clock);
    expect(await read()).toEqual(head(0, 1));
    for (let seq = 2; seq <= 9; seq += 1) keeper.raise(head(0, seq));
    keeper.raise(head(0, 4));
    expect(await read()).toEqual(head(0, 1));
    clock.pass();
    await rests(clock);
    expect(await read()).toEqual(head(0, 9));
    clock.pass();
    expect(clock.armed).toBe(0);
    await keeper.close();
  });

  it('writes what is left on flush and on close, and nothing after it', async () => {
    const clock = new HandClock();
    const { keeper } = open(clock);
    keeper.raise(head(0, 1));
    keeper.raise(head(0, 2));
    await keeper.flush();
    expect(await read()).toEqual(head(0, 2));
    keeper.raise(head(0, 3));
    await Promise.all([keeper.close(), keeper.flush()]);
    expect(await read()).toEqual(head(0, 3));
    keeper.raise(head(0, 4));
    await keeper.close();
    expect(await read()).toEqual(head(0, 3));
    expect(clock.armed).toBe(0);
  });

  it('says what went wrong, once in the log, and tries again', async () => {
    const clock = new HandClock();
    writeFileSync(join(folder, 'fallback'), '');
    writeFileSync(join(folder, 'file'), '');
    const { keeper, lines } = open(clock, join(folder, 'file', 'below'));
    keeper.raise(head(0, 1));
    await keeper.flush();
    keeper.raise(head(0, 2));
    await keeper.flush();
    expect(keeper.trouble()).toMatch(/EEXIST|ENOTDIR/);
    expect(lines).toHaveLength(1);
    rmSync(join(folder, 'file'));
    keeper.raise(head(0, 3));
    await keeper.flush();
    expect(keeper.trouble()).toBeNull();
    await keeper.close();
  });
});
