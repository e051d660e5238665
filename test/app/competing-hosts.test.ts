// Hosts that all want to append to one log and never rest: what each gets done, and what is wasted on lost races.

import { afterEach, describe, expect, it } from 'vitest';
import { CompetingHosts, type CompetingOptions } from '../support/competing-hosts.ts';
import { leased } from '../support/fleet-rig.ts';

let hosts: CompetingHosts;

function openHosts(options: CompetingOptions): CompetingHosts {
  hosts = new CompetingHosts(options);
  return hosts;
}

afterEach(() => hosts.close());

describe('hosts that never rest', () => {
  it('starve all but one where turns are not taken', async () => {
    openHosts({ roadsMs: [1, 1, 1, 1], takeTurns: false });
    await hosts.staffAll();
    const raced = await hosts.work(3_000);
    expect(raced.lowest).toBeLessThan(0.1);
    expect(raced.conflicts).toBeGreaterThan(raced.appends / 2);
  });

  it.each([[2], [4], [8]])('share the log fairly, %i of them, and waste next to nothing', async (count) => {
    openHosts({ roadsMs: Array.from({ length: count }, () => 1) });
    await hosts.staffAll();
    const shared = await hosts.work(3_000);
    expect(shared.lowest).toBeGreaterThan(0.85);
    expect(shared.conflicts).toBeLessThan(shared.appends / 20);
    // An append takes 4 to 6 ms there and back; the next one begins when the first of the others hears of it.
    expect(shared.appends).toBeGreaterThan(500);
    expect(shared.longestMs).toBeLessThan(250);
  });

  it('count once each, however many processes one of them has', async () => {
    openHosts({ roadsMs: [1, 1, 1], places: [0, 0, 1] });
    await hosts.staffAll();
    const { done, conflicts, appends } = await hosts.work(3_000);
    const [one = 0, other = 0, alone = 0] = done;
    expect(Math.min(one, other) / Math.max(one, other)).toBeGreaterThan(0.8);
    expect((one + other) / alone).toBeGreaterThan(0.8);
    expect((one + other) / alone).toBeLessThan(1.25);
    expect(conflicts).toBeLessThan(appends / 20);
  });

  it('let in who comes later from farther away than they are quick', async () => {
    openHosts({ roadsMs: [1, 1, 1, 9] });
    for (const near of [0, 1, 2]) await hosts.staff(near);
    await hosts.open(3);
    let staffedAfterMs = Number.POSITIVE_INFINITY;
    const beganMs = hosts.rig.clock.monotonicMs();
    await hosts.work(4_000, [0, 1, 2], async () => {
      await hosts.staff(3);
      staffedAfterMs = hosts.rig.clock.monotonicMs() - beganMs;
    });
    expect(staffedAfterMs).toBeLessThan(2_500);
    const together = await hosts.work(4_000);
    expect(together.lowest).toBeGreaterThan(0.5);
  });

  it('let in who is far away also when only one of them is at work', async () => {
    openHosts({ roadsMs: [1, 9] });
    await hosts.staff(0);
    await hosts.open(1);
    let staffedAfterMs = Number.POSITIVE_INFINITY;
    const beganMs = hosts.rig.clock.monotonicMs();
    await hosts.work(9_000, [0], async () => {
      await hosts.staff(1);
      staffedAfterMs = hosts.rig.clock.monotonicMs() - beganMs;
    });
    // Its beat is heard within 4 s, and then the door opens once a second.
    expect(staffedAfterMs).toBeLessThan(7_500);
  });
});

describe('a host that is alone', () => {
  it('is as fast as where nobody knows of turns', async () => {
    const done: number[] = [];
    for (const takeTurns of [false, true]) {
      openHosts({ roadsMs: [1], takeTurns });
      await hosts.staffAll();
      done.push((await hosts.work(3_000)).appends);
      if (!takeTurns) await hosts.close();
    }
    const [before = 0, after = 0] = done;
    // Roads differ from run to run by as much.
    expect(after).toBeGreaterThan(before * 0.98);
  });

  it('waits no longer than it takes to see that the others are done', async () => {
    openHosts({ roadsMs: [1, 1, 1, 1] });
    await hosts.staffAll();
    await hosts.work(1_000);
    const alone = await hosts.work(1_000, [0]);
    expect(alone.longestMs).toBeLessThan(60);
    // 5 ms each in the mean; a door is open at each second.
    expect(alone.appends).toBeGreaterThan(160);
  });
});

describe('a host that is left alone', () => {
  it('holds still for nobody who is gone', async () => {
    openHosts({ roadsMs: [1, 1] });
    await hosts.staffAll();
    await hosts.rig.clock.advanceUntil(hosts.hostOf(1).close());
    await hosts.rig.clock.advance(6_000);
    expect((await hosts.work(3_000, [0])).longestMs).toBeLessThan(20);
  });
});

describe('a host that waits for its turn', () => {
  it('says what it has to say at once when it closes', async () => {
    openHosts({ roadsMs: [1, 1] });
    await hosts.staffAll();
    const [first, second] = [hosts.cookOf(0), hosts.cookOf(1)];
    const { clock, log } = hosts.rig;
    const host = hosts.hostOf(0);
    await clock.advanceUntil(second.acquire('task:stew'));
    const soup = first.acquire('task:soup');
    const before = log.head.seq;
    while (host.health().head.seq === before) await clock.advance(1);
    const asked = first.acquire('task:roast');
    await clock.advance(1);
    const answeredMs = asked.then(() => clock.monotonicMs());
    const beganMs = clock.monotonicMs();
    const closing = host.close();
    for (let ms = 0; ms < 20; ms += 1) await clock.advance(1);
    // There and back, and no longer.
    expect((await answeredMs) - beganMs).toBeLessThanOrEqual(6);
    expect(leased(await soup).status).toBe('granted');
    expect(leased(await asked).status).toBe('granted');
    await closing;
  });
});
