import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onEndSignals } from './end-signals.ts';

describe('signals that end a process', () => {
  let told: string[];
  let timers: { readonly ms: number; readonly run: () => void }[];
  let undo: () => void;

  beforeEach(() => {
    told = [];
    timers = [];
    undo = onEndSignals({
      end: () => told.push('in order'),
      after: (ms, run) => void timers.push({ ms, run }),
      exit: (code) => told.push(`at once, ${code}`),
    });
  });
  afterEach(() => undo());

  const says = (signal: NodeJS.Signals): void => void process.emit(signal, signal);
  const halfASecondPasses = (): void => {
    expect(timers.every(({ ms }) => ms === 500)).toBe(true);
    for (const { run } of timers.splice(0)) run();
  };

  it('end it in order with the first, and at once where the same comes again later', () => {
    says('SIGINT');
    expect(told).toEqual(['in order']);
    halfASecondPasses();
    says('SIGINT');
    expect(told).toEqual(['in order', 'at once, 130']);
  });

  it('are one where the same comes again within a moment, as npx passes it on', () => {
    says('SIGINT');
    says('SIGINT');
    expect(told).toEqual(['in order']);
  });

  it('leave it its time where a client goes on with another one, however late', () => {
    says('SIGINT');
    halfASecondPasses();
    says('SIGTERM');
    says('SIGHUP');
    expect(told).toEqual(['in order', 'in order', 'in order']);
  });

  it('are let go of again', () => {
    undo();
    expect(process.listenerCount('SIGHUP')).toBe(0);
  });
});
