import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemClock } from './system-clock.ts';

describe('the monotonic clock', () => {
  it('counts whole milliseconds and never runs backwards', () => {
    const readings = Array.from({ length: 1000 }, () => systemClock.monotonicMs());
    expect(readings.every((reading) => Number.isSafeInteger(reading))).toBe(true);
    expect(readings.toSorted((a, b) => a - b)).toEqual(readings);
  });

  it('has fractions for whoever measures, between its whole readings', () => {
    const [before, precise, after] = [systemClock.monotonicMs(), systemClock.preciseMs(), systemClock.monotonicMs()];
    expect(precise).toBeGreaterThanOrEqual(before);
    expect(precise).toBeLessThan(after + 1);
    const readings = Array.from({ length: 100 }, () => systemClock.preciseMs());
    expect(readings.every((reading) => Number.isInteger(reading))).toBe(false);
  });

  it('is the same in every process', () => {
    const before = systemClock.monotonicMs();
    const script = 'console.log(Math.floor(Number(process.hrtime.bigint()) / 1e6))';
    const theirs = Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
    expect(theirs).toBeGreaterThanOrEqual(before);
    expect(theirs).toBeLessThanOrEqual(systemClock.monotonicMs());
  });

  it.runIf(process.platform === 'linux')('counts from the boot of the host', () => {
    const upMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
    // Uptime has sleep in it and the clock has not, so the clock may only be behind; 20 ms for rounding.
    expect(systemClock.monotonicMs()).toBeLessThanOrEqual(upMs + 1000);
    expect(systemClock.monotonicMs()).toBeGreaterThan(0);
  });
});

it('wall time is UTC with milliseconds', () => {
  expect(systemClock.wallAt()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

describe('after', () => {
  it.each([0, 1, 3, 10])('calls once, and never before %d ms have passed', async (ms) => {
    const waits = Array.from({ length: 100 }, async (_, index) => {
      // Started at every fraction of a millisecond, because Node rounds its own time down.
      const startNs = process.hrtime.bigint() + BigInt(index * 10_000);
      while (process.hrtime.bigint() < startNs);
      const before = process.hrtime.bigint();
      let calls = 0;
      await new Promise<void>((resolve) => {
        systemClock.after(ms, () => {
          calls += 1;
          resolve();
        });
      });
      expect(calls).toBe(1);
      return Number(process.hrtime.bigint() - before) / 1e6;
    });
    expect(Math.min(...(await Promise.all(waits)))).toBeGreaterThanOrEqual(ms);
  });

  it.each([-5, Number.NaN])('takes %d for at once, but never calls inside the call', async (ms) => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      systemClock.after(ms, () => {
        order.push('called');
        resolve();
      });
      order.push('returned');
    });
    expect(order).toEqual(['returned', 'called']);
  });

  it('does not call at once for a wait longer than a timer can be, and does not call when cancelled', async () => {
    const called: string[] = [];
    const cancelLong = systemClock.after(2 ** 31 + 5, () => called.push('long'));
    const cancelShort = systemClock.after(0, () => called.push('cancelled'));
    cancelShort();
    cancelShort();
    await new Promise<void>((resolve) => {
      systemClock.after(2, resolve);
    });
    cancelLong();
    expect(called).toEqual([]);
  });

  it('keeps the process alive, unless in the background', () => {
    const module = new URL('./system-clock.ts', import.meta.url).href;
    const script = (options: string) =>
      `const { systemClock } = await import(${JSON.stringify(module)});` +
      `systemClock.after(20, () => console.log('called'), ${options});`;
    const run = (options: string) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script(options)], { encoding: 'utf8' });
    expect(run('{}')).toBe('called\n');
    expect(run('{ background: true }')).toBe('');
  });
});
