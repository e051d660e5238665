import { describe, expect, it } from 'vitest';
import type { SeatOutcome } from '../../../app/seat/seat-outcome.ts';
import type { FleetEvent } from '../../../core/event.ts';
import { reject } from '../../../core/rejection.ts';
import type { AcquireReply } from '../../../core/reply.ts';
import type { Clock } from '../../../ports/clock.ts';
import { LeaseKeeper, type Loss } from './keep-leases.ts';

/** A clock that the test drives; timers run in order when time passes them. */
class DrivenClock implements Clock {
  now = 1_000;
  #timers: { at: number; run: () => void }[] = [];

  monotonicMs(): number {
    return this.now;
  }

  preciseMs(): number {
    return this.now;
  }

  wallAt(): string {
    return '2025-11-19T23:25:00.000Z';
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + Math.max(0, ms), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Lets `ms` pass, one timer at a time, and everything that each of them sets off. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.now = next.at;
      this.#timers = this.#timers.filter((each) => each !== next);
      next.run();
      await settled();
    }
    this.now = end;
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}

const lease = { resource: 'file:src/a.ts', token: 7, ttlMs: 4_000 };

function outcome(answer: SeatOutcome<AcquireReply>['answer'], safeForMs = 3_800): SeatOutcome<AcquireReply> {
  return {
    answer,
    at: 0,
    waitedMs: 0,
    safeForMs: { 7: safeForMs },
    notices: [],
    acting: null,
    registered: null,
    worktree: 'w1',
  };
}

const renewed: AcquireReply = {
  op: 'acquire',
  status: 'renewed',
  leases: [],
  refused: [],
  ticket: null,
  position: null,
  blockedBy: [],
  parkedUntil: null,
  offeredUntil: null,
};

/** A keeper over a clock, an answer that the test chooses, and events that the test sends. */
function keep(safeForMs = 3_800) {
  const clock = new DrivenClock();
  const told: Loss[] = [];
  const asked: number[] = [];
  let answer: () => Promise<SeatOutcome<AcquireReply>> = () => Promise.resolve(outcome(renewed));
  let send: (event: FleetEvent) => void = () => undefined;
  async function* events(): AsyncIterable<FleetEvent> {
    for (;;) yield await new Promise<FleetEvent>((resolve) => (send = resolve));
  }
  const renew = () => {
    asked.push(clock.now);
    return answer();
  };
  const belief = { sentMonoMs: clock.now, waitedMs: 0, safeForMs: { 7: safeForMs } };
  const keeper = new LeaseKeeper({ clock, renew, events }, [lease], belief, (loss) => told.push(loss));
  return {
    clock,
    keeper,
    told,
    asked,
    answerWith: (next: () => Promise<SeatOutcome<AcquireReply>>) => (answer = next),
    send: (event: Partial<FleetEvent>) => send(event as FleetEvent),
  };
}

describe('LeaseKeeper', () => {
  it('renews each quarter TTL for as long as it is answered', async () => {
    const { clock, asked, told, keeper } = keep();
    await clock.pass(3_500);
    expect(asked).toEqual([2_000, 3_000, 4_000]);
    await clock.pass(60_000);
    expect(told).toEqual([]);
    keeper.stop();
    const before = asked.length;
    await clock.pass(60_000);
    expect(asked).toHaveLength(before);
  });

  it('is lost when the log says that the lease was revoked, before any renewal', async () => {
    const { clock, told, send, asked } = keep();
    await clock.pass(100);
    send({ type: 'lease.revoked', token: 7, by: 'operator:kim', reason: 'asleep' });
    await settled();
    expect(told).toEqual([{ lease, why: 'it was revoked by operator:kim: asleep' }]);
    await clock.pass(60_000);
    expect(asked).toEqual([]);
    expect(told).toHaveLength(1);
  });

  it('does not mind events of other leases', async () => {
    const { clock, told, send } = keep();
    send({ type: 'lease.released', token: 8, why: 'released' });
    await clock.pass(100);
    expect(told).toEqual([]);
  });

  it('is lost when a renewal is refused as stale', async () => {
    const { clock, told, answerWith } = keep();
    answerWith(() => Promise.resolve(outcome(reject('TOKEN_STALE', { message: 'Token 7 is not current.', next: '' }))));
    await clock.pass(1_000);
    expect(told).toEqual([{ lease: null, why: 'Token 7 is not current.' }]);
  });

  it('goes on asking while the store is away, and is lost the moment belief ends', async () => {
    const { clock, told, answerWith, asked } = keep();
    answerWith(() =>
      Promise.resolve(outcome(reject('STORE_UNAVAILABLE', { message: 'The file is locked.', next: '' }))),
    );
    await clock.pass(3_799);
    expect(told).toEqual([]);
    expect(asked.length).toBeGreaterThan(3);
    await clock.pass(1);
    expect(told).toHaveLength(1);
    expect(told[0]?.why).toContain('STORE_UNAVAILABLE');
  });

  it('is lost before anything can begin under it where the grant is nothing to believe in', async () => {
    const { clock, told, asked } = keep(0);
    expect(told).toMatchObject([{ lease: null, why: expect.stringContaining('no time') as unknown }]);
    await clock.pass(60_000);
    expect(told).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it('is lost at the end of belief although a renewal never comes back', async () => {
    const { clock, told, answerWith } = keep();
    answerWith(() => new Promise(() => undefined));
    await clock.pass(3_800);
    expect(told).toHaveLength(1);
  });

  it('believes anew from when the renewal was sent, not from when it was answered', async () => {
    const { clock, told, answerWith } = keep();
    answerWith(
      () =>
        new Promise((resolve) => {
          clock.after(2_000, () => resolve(outcome(renewed, 2_500)));
          answerWith(() => new Promise(() => undefined));
        }),
    );
    await clock.pass(1_000 + 2_499);
    expect(told).toEqual([]);
    await clock.pass(1);
    expect(told).toHaveLength(1);
  });
});
