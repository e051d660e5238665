// Waiting in line over many calls, on a clock that the test drives.

import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { BrigadeError } from './brigade-error.ts';
import { type Line, type LineAnswer, waitInLine } from './line.ts';

const GRANTED = { status: 'granted', leases: [], refused: [], waitedMs: 0, ticket: 't' } as const;
const QUEUED = { ...GRANTED, status: 'queued' } as const;

/** A line that answers what it is told to, each call after all of its wait. */
function rig(answers: (LineAnswer['status'] | BrigadeError)[]) {
  const clock = createFakeClock();
  const calls: string[] = [];
  const answer = async (call: string, waitMs: number): Promise<LineAnswer> => {
    calls.push(`${call} ${waitMs}`);
    const sentMs = clock.monotonicMs();
    const next = answers.shift() ?? 'queued';
    if (next instanceof BrigadeError) throw next;
    if (next === 'granted') return { ...GRANTED, sentMs };
    if (next === 'queued') await new Promise<void>((resolve) => clock.after(waitMs, resolve));
    return { ...QUEUED, sentMs };
  };
  const line: Line = {
    ask: (waitMs) => answer('ask', waitMs),
    goOn: (ticket, waitMs) => answer(ticket, waitMs),
    withdraw: (ticket) => {
      calls.push(`withdraw ${ticket}`);
      return Promise.resolve();
    },
  };
  const wait = (waitMs?: number, signal?: AbortSignal) =>
    waitInLine(line, { time: clock, waitMs, signal, sliceMs: 1_000 });
  return { clock, calls, wait };
}

function refusal(code: string): BrigadeError {
  return new BrigadeError({ code, category: '', message: '', next: '', retry: 'now', details: {} });
}

describe('waiting in line', () => {
  it('asks again with its ticket, for as long as it takes', async () => {
    const { clock, calls, wait } = rig(['queued', 'queued', 'granted']);
    expect(await clock.advanceUntil(wait())).toMatchObject({ status: 'granted' });
    expect(calls).toEqual(['ask 1000', 't 1000', 't 1000']);
  });

  it('gives its place up when its patience is over', async () => {
    const { clock, calls, wait } = rig([]);
    await expect(clock.advanceUntil(wait(1_500))).rejects.toMatchObject({ code: 'WAIT_TIMED_OUT' });
    expect(calls).toEqual(['ask 1000', 't 500', 'withdraw t']);
  });

  it('does not queue where it may not wait', async () => {
    const { calls, wait } = rig([refusal('LEASE_HELD')]);
    await expect(wait(0)).rejects.toMatchObject({ code: 'LEASE_HELD' });
    expect(calls).toEqual(['ask 0']);
  });

  it('asks anew when its ticket lapsed while nobody could ask with it', async () => {
    const { clock, calls, wait } = rig(['queued', refusal('WAIT_TIMED_OUT'), 'granted']);
    await clock.advanceUntil(wait());
    expect(calls).toEqual(['ask 1000', 't 1000', 'ask 1000']);
  });

  it('does not ask over and over where nobody waits any more', async () => {
    const { clock, calls, wait } = rig(['at once', 'at once', 'granted']);
    await clock.advanceUntil(wait());
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(1_000_200);
    expect(calls).toHaveLength(3);
  });

  it('leaves when its signal says so', async () => {
    const { clock, calls, wait } = rig([]);
    const cancel = new AbortController();
    clock.after(500, () => cancel.abort(new Error('enough')));
    await expect(clock.advanceUntil(wait(undefined, cancel.signal))).rejects.toThrow('enough');
    expect(calls).toEqual(['ask 1000', 'withdraw t']);
  });

  it('asks nothing where the signal was given before', async () => {
    const { calls, wait } = rig([]);
    await expect(wait(undefined, AbortSignal.abort(new Error('never mind')))).rejects.toThrow('never mind');
    expect(calls).toEqual([]);
  });
});
