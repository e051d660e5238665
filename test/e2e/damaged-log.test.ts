// A log whose file was damaged while nobody looked, and the commands that a person types then: each says what is wrong and what to
// do, none shows where in our code it was met, and `doctor` finds it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/surface/cli/exit-code.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.close());

const fileOf = (): string => join(scratch.root, '.brigade', 'brigade.db');

/** A fleet with a lock, its log in one file. */
async function fleet(): Promise<void> {
  const shell = new Shell(scratch, 'sh');
  expect((await shell.brigade('acquire', 'task:stew', '--reason', 'a reason to find again')).code).toBe(EXIT.done);
  await shell.close();
}

/** What a person sees of a command: never a fault of ours, never our own code. */
async function seen(...args: readonly string[]) {
  const { code, stdout, stderr } = await scratch.brigade(args);
  const text = `${stdout}${stderr}`;
  expect([args, /\n\s+at .+:\d+/.test(text), text.includes('INTERNAL')]).toEqual([args, false, false]);
  return { code, text };
}

describe('a damaged log', () => {
  it.each([
    { what: 'a word of a batch', damage: (bytes: Buffer) => flipped(bytes, bytes.indexOf('a reason to find again')) },
    { what: 'the beginning of the file', damage: (bytes: Buffer) => flipped(bytes, 3) },
    {
      what: 'the names of the tables',
      damage: (bytes: Buffer) => flipped(bytes, bytes.indexOf('CREATE TABLE batches') + 14),
    },
    { what: 'the end of the file', damage: (bytes: Buffer) => bytes.subarray(0, 4_096 * 2) },
  ])('in $what is told by every command, and found by doctor', async ({ damage }) => {
    await fleet();
    const whole = readFileSync(fileOf());
    writeFileSync(fileOf(), damage(whole));
    const damaged = readFileSync(fileOf());
    for (const args of [['locks'], ['status'], ['acquire', 'task:pie'], ['watch', '--from', '1', '--once']]) {
      const { code, text } = await seen(...args);
      expect([args, code]).toEqual([args, EXIT.unavailable]);
      expect(text).toContain('STORE_DAMAGED');
      expect(text).toMatch(/brigade (?:doctor|store restore)/);
    }
    const doctor = await seen('doctor');
    expect(doctor.code).toBe(EXIT.fault);
    expect(doctor.text).toMatch(/STORE_DAMAGED|CHAIN_BROKEN/);
    expect(doctor.text).toContain('brigade store restore');
    // Nobody tried to mend it.
    expect(readFileSync(fileOf()).equals(damaged)).toBe(true);
    writeFileSync(fileOf(), whole);
    expect(await seen('locks')).toMatchObject({
      code: EXIT.done,
      text: expect.stringContaining('task:stew') as unknown,
    });
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  expect(at).toBeGreaterThan(0);
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0xff;
  return changed;
}
