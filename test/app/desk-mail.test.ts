// Calls that wait for a message at a desk, which may die, stop or leave meanwhile: whoever waits notices nothing, and no
// message is lost or marked as read by it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/app/coordinator.ts';
import { DeskRig, type RiggedProcess } from '../support/desk-rig.ts';
import { settle } from '../support/fake-clock.ts';
import { type Cook, mailIn, seat } from '../support/fleet-rig.ts';

let rig: DeskRig;
beforeEach(() => {
  rig = new DeskRig();
});
afterEach(() => rig.close());

function sit({ coordinator, pid }: RiggedProcess, agentId: string): Promise<Cook> {
  return rig.clock.advanceUntil(seat(coordinator, agentId, { pid }));
}

/** A desk with `ana`, and two of its clients: `bo` and `cy`. */
async function kitchen() {
  const [a, b, c] = [await rig.start('a'), await rig.start('b'), await rig.start('c')];
  const [ana, bo, cy] = [await sit(a, 'ana'), await sit(b, 'bo'), await sit(c, 'cy')];
  return { a, b, c, ana, bo, cy };
}

function does(work: Promise<Outcome>): Promise<Outcome> {
  return rig.clock.advanceUntil(work);
}

describe('a call that waits at the desk for a message', () => {
  it('is answered when one comes, from the desk itself or from another client', async () => {
    const { a, ana, bo, cy } = await kitchen();
    const first = bo.read({ waitMs: 60_000 });
    await settle();
    expect(a.coordinator.health().parked).toBe(1);
    await does(ana.send('bo', 'from the desk'));
    expect(mailIn(await does(first))).toEqual(['from the desk']);
    const next = bo.read({ seen: rig.log.head.seq, waitMs: 60_000 });
    await settle();
    await does(cy.send('*', 'from a client'));
    expect(mailIn(await does(next))).toEqual(['from a client']);
  });

  it('ends with nothing at its time', async () => {
    const { bo } = await kitchen();
    const reading = bo.read({ waitMs: 5_000 });
    await rig.clock.advance(5_100);
    expect(mailIn(await reading)).toEqual([]);
  });

  it('waits on at the next desk when this one is killed, no longer than it was to wait', async () => {
    const { a, b, bo, cy } = await kitchen();
    const reading = bo.read({ waitMs: 60_000 });
    const short = cy.read({ waitMs: 8_000 });
    const beganMs = rig.clock.monotonicMs();
    await settle();
    rig.kill(a);
    expect(mailIn(await does(short))).toEqual([]);
    expect(rig.clock.monotonicMs() - beganMs).toBeLessThan(8_500);
    await does(cy.send('bo', 'still here?'));
    expect(mailIn(await does(reading))).toEqual(['still here?']);
    expect(b.coordinator.role().role).toMatch(/desk|guest/);
  });

  it('finds what was sent while there was no desk', async () => {
    const { a, bo, cy } = await kitchen();
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    rig.kill(a);
    const sending = cy.send('bo', 'in between');
    await does(sending);
    expect(mailIn(await does(reading))).toEqual(['in between']);
  });

  // On its way, in the log, or answered and not heard: all are tried, turn by turn.
  it.each([1, 3, 5, 7, 9, 11])(
    'and whose answer may have died with the desk hears it all, at turn %i',
    async (turns) => {
      const { a, ana, bo, cy } = await kitchen();
      const reading = bo.read({ waitMs: 60_000 });
      await settle();
      void ana.send('bo', 'last words');
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      rig.kill(a);
      await does(cy.send('bo', 'after'));
      const heard = mailIn(await does(reading));
      const kept = mailIn(await does(bo.read({ after: 0 })));
      expect(kept).toEqual(rig.facts().includes('last words') ? ['last words', 'after'] : ['after']);
      expect(heard).toEqual(kept.slice(0, heard.length));
      expect([heard.length > 0, rig.facts().includes('messages.read')]).toEqual([true, false]);
    },
  );

  it('is passed on within seconds when the desk is stopped', async () => {
    const { a, bo, cy } = await kitchen();
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    rig.stop(a);
    await does(cy.send('bo', 'past it'));
    expect(mailIn(await does(reading))).toEqual(['past it']);
    rig.goOn(a);
    await rig.clock.advance(3_000);
    expect(a.opened.every((local) => local.health().parked === 0)).toBe(true);
  });

  it('leaves the desk with its process, and loses nothing', async () => {
    const { a, b, ana, bo, c } = await kitchen();
    void bo.read({ waitMs: 60_000 });
    await settle();
    rig.kill(b);
    await rig.clock.advance(500);
    expect(a.coordinator.health().parked).toBe(0);
    await does(ana.send('bo', 'for later'));
    const again = await rig.clock.advanceUntil(seat(c.coordinator, 'bo', { pid: c.pid }));
    expect([again.agentId, mailIn(await does(again.read()))]).toEqual(['bo', ['for later']]);
  });

  it('ends with nothing when its process closes', async () => {
    const { a, b, bo } = await kitchen();
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    await rig.clock.advanceUntil(b.coordinator.close());
    expect(mailIn(await reading)).toEqual([]);
    expect(a.coordinator.health().parked).toBe(0);
  });

  it('goes with the others when the desk leaves on purpose', async () => {
    const { a, ana, bo, cy } = await kitchen();
    const reading = bo.read({ waitMs: 60_000 });
    const own = ana.read({ waitMs: 60_000 });
    await settle();
    await rig.clock.advanceUntil(a.coordinator.close());
    expect(mailIn(await own)).toEqual([]);
    await does(cy.send('bo', 'moved'));
    expect(mailIn(await does(reading))).toEqual(['moved']);
  });
});
