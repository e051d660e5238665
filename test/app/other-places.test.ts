// Places that nobody here can judge: an earlier boot, another container, another host. They count as gone when they stood
// still for long enough, and never while they beat.

import { afterEach, describe, expect, it } from 'vitest';
import { decodeBatch } from '../../src/app/batch-codec.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { type Beat, StoreFault } from '../../src/ports/event-store.ts';
import { FleetRig, HERE, leased, seat, tokenOf } from '../support/fleet-rig.ts';

const EARLIER = { ...HERE, placeId: 'p_earlier', bootId: 'boot before' };
const CONTAINER = { ...HERE, placeId: 'p_container', pidNamespace: 'pid 2', hostName: 'pantry' };
const FAR = { ...HERE, placeId: 'p_far', bootId: 'far boot', machineId: 'far machine', hostName: 'cellar' };

const MINUTE_MS = 60_000;

let rig: FleetRig;
afterEach(() => rig.close());

/** Whoever worked in `place` holds `task:stew` and is gone without a word; somebody has been here since. */
async function leftBehind(place: typeof HERE) {
  rig = FleetRig.onFakeClock();
  const there = await rig.coordinator('a', place);
  const ana = await seat(there, 'ana', { placeId: place.placeId, pid: 4711 });
  const token = tokenOf(await ana.acquire('task:stew', { ttlMs: 3_600_000 }));
  await rig.clock.advance(3_000);
  await there.close();
  const here = await rig.coordinator('b');
  const bo = await seat(here, 'bo');
  return { ana, bo, here, token };
}

/** While `is`, no beat comes through. */
function withStuckBeats(): { is: boolean } {
  const stuck = { is: false };
  rig = FleetRig.onFakeClock({
    makeStore: () => {
      const store = rig.store();
      const beat = store.beat.bind(store);
      const refuse = (): Promise<never> => Promise.reject(new StoreFault('STORE_UNAVAILABLE', 'Injected: stuck.'));
      return Object.assign(store, { beat: (told: Beat) => (stuck.is ? refuse() : beat(told)) });
    },
  });
  return stuck;
}

function lost(): readonly string[] {
  return logged().flatMap((event) => (event.type === 'session.lost' ? [event.evidence] : []));
}

function logged(): readonly FleetEvent[] {
  return rig.log.batches.flatMap((batch) => decodeBatch(batch).events);
}

describe('an earlier boot of this machine', () => {
  it('is over 15 s after somebody is there to look, and says so', async () => {
    const { bo } = await leftBehind(EARLIER);
    const waiting = bo.acquire('task:stew', { waitMs: 30_000 });
    await rig.clock.advance(14_000);
    expect(lost()).toEqual([]);
    await rig.clock.advance(3_000);
    expect(leased(await waiting).status).toBe('granted');
    expect(lost()).toEqual([
      'process 4711 (mcp) is gone: kitchen was started anew since, and its earlier start has given no sign for 15s',
    ]);
  });

  it('that beats after all is the clone of a machine, and is left alone', async () => {
    const { here } = await leftBehind(EARLIER);
    for (let i = 0; i < 30; i += 1) {
      await rig.clock.advance(2_000);
      rig.log.beats.set('p_earlier', { placeId: 'p_earlier', bootId: 'boot before', counter: 5_000 + i, wallAt: '' });
    }
    expect(lost()).toEqual([]);
    expect((await here.view({ kind: 'locks' })).items).toMatchObject([{ alive: 'alive', holder: { agentId: 'ana' } }]);
  });

  it('is over for its shells too', async () => {
    const { ana, here } = await leftBehind(EARLIER);
    await here.submit({ ...ana.head(), op: 'attach', attachment: shell(EARLIER.placeId) });
    await rig.clock.advance(20_000);
    expect(lost()).toHaveLength(1);
  });
});

describe('another container', () => {
  it('is gone when every belief of its holders is over', async () => {
    const { bo, here } = await leftBehind(CONTAINER);
    await rig.clock.advance(5 * MINUTE_MS);
    expect(lost()).toEqual([]);
    expect((await here.view({ kind: 'locks' })).items).toMatchObject([{ alive: 'unknown' }]);
    await rig.clock.advance(20_000);
    expect(lost()).toEqual([
      'process 4711 (mcp) is gone: its place on pantry (another container, start or machine) has given no sign for 5m15s',
    ]);
    expect(leased(await bo.acquire('task:stew')).status).toBe('granted');
  });

  it('that beats is there, however long nobody does anything in it', async () => {
    rig = FleetRig.onFakeClock();
    const there = await rig.coordinator('a', CONTAINER);
    await seat(there, 'ana', { placeId: CONTAINER.placeId });
    const here = await rig.coordinator('b');
    await seat(here, 'bo');
    await rig.clock.advance(30 * MINUTE_MS);
    expect(lost()).toEqual([]);
    expect((await here.view({ kind: 'agents' })).items).toMatchObject([
      { agentId: 'ana', sessions: [{ presence: 'alive' }] },
      { agentId: 'bo' },
    ]);
  });

  it('keeps its shells, which do not beat', async () => {
    const { ana, here } = await leftBehind(CONTAINER);
    await here.submit({ ...ana.head(), op: 'attach', attachment: shell(CONTAINER.placeId) });
    await rig.clock.advance(10 * MINUTE_MS);
    expect(lost()).toEqual([]);
    expect((await here.view({ kind: 'agents' })).items).toMatchObject([
      { agentId: 'ana', sessions: [{ presence: 'unknown', processes: [{ kind: 'cli' }] }] },
      { agentId: 'bo' },
    ]);
  });

  it('that comes back in time starts the watch anew', async () => {
    const { ana } = await leftBehind(CONTAINER);
    await rig.clock.advance(5 * MINUTE_MS);
    const again = await rig.coordinator('c', CONTAINER);
    await ana.via(again).check('task:stew', 1);
    await rig.clock.advance(3_000);
    await again.close();
    await rig.clock.advance(5 * MINUTE_MS);
    expect(lost()).toEqual([]);
    await rig.clock.advance(20_000);
    expect(lost()).toHaveLength(1);
  });

  it('that comes back late says so in the log before it tells anybody to believe in anything', async () => {
    const { ana, token, here } = await leftBehind(CONTAINER);
    // Nobody looks: only then does it find its session as it left it.
    await here.close();
    await rig.clock.advance(20 * MINUTE_MS);
    const again = await rig.coordinator('c', CONTAINER);
    const checked = await ana.via(again).check('task:stew', token);
    expect(checked.answer).toMatchObject({ holds: true });
    expect(checked.safeForMs[token]).toBeGreaterThan(200_000);
    const anchors = logged().filter(({ type }) => type === 'place.anchored');
    expect(anchors.at(-1)).toMatchObject({ placeId: 'p_container', why: 'this place was silent for long and is back' });
    expect(rig.log.batches.some(({ body }) => body.includes('alert.opened'))).toBe(false);
  });

  it('is not gone by evidence from before it came back', async () => {
    const { ana, here } = await leftBehind(CONTAINER);
    const { state } = here.replica;
    const stood = state.places.get(CONTAINER.placeId)?.anchorMonoMs ?? 0;
    const [attachment] = state.sessions.get(ana.sessionId)?.attachments ?? [];
    const detach = {
      op: 'detach',
      by: { kind: 'system', name: 'presence' },
      bodyHash: '',
      sessionId: ana.sessionId,
      attachmentId: attachment?.attachmentId ?? '',
      cause: 'dead',
      evidence: 'it stood still',
    } as const;
    const late = { placeId: CONTAINER.placeId, anchorMonoMs: stood - 1 };
    await here.submit({ ...detach, requestId: 'late', still: late });
    expect(lost()).toEqual([]);
    await here.submit({ ...detach, requestId: 'in time', still: { ...late, anchorMonoMs: stood } });
    expect(lost()).toEqual(['it stood still']);
  });
});

describe('whoever observes', () => {
  it('has to begin anew after it slept, as the others did', async () => {
    await leftBehind(EARLIER);
    await rig.clock.advance(10_000);
    rig.clock.sleep(60 * MINUTE_MS);
    await rig.clock.advance(14_000);
    expect(lost()).toEqual([]);
    await rig.clock.advance(4_000);
    expect(lost()).toHaveLength(1);
  });

  it('judges nobody while its own beats do not come through', async () => {
    const stuck = withStuckBeats();
    const there = await rig.coordinator('a', EARLIER);
    await seat(there, 'ana', { placeId: EARLIER.placeId });
    const here = await rig.coordinator('b');
    await seat(here, 'bo');
    await rig.clock.advance(5_000);
    stuck.is = true;
    await rig.clock.advance(20 * MINUTE_MS);
    stuck.is = false;
    await rig.clock.advance(20 * MINUTE_MS);
    expect(lost()).toEqual([]);
  });

  it('counts nobody as gone of whom no beat is known', async () => {
    await leftBehind(EARLIER);
    rig.log.beats.delete(EARLIER.placeId);
    await rig.clock.advance(30 * MINUTE_MS);
    expect(lost()).toEqual([]);
  });

  it('counts nobody as gone whose version promised no beats', async () => {
    rig = FleetRig.onFakeClock();
    const here = await rig.coordinator('b');
    const bo = await seat(here, 'bo');
    await here.submit({
      ...bo.head(),
      by: { kind: 'system', name: 'clock' },
      op: 'anchor',
      placeId: 'p_old',
      bootId: 'boot before',
      host: 'kitchen',
      anchorAt: 0,
      anchorMonoMs: 0,
      why: 'an older version',
    });
    await here.submit({ ...bo.head(), op: 'attach', attachment: { ...shell('p_old'), kind: 'mcp' } });
    rig.processes.states.set(bo.pid, 'dead');
    rig.log.beats.set('p_old', { placeId: 'p_old', bootId: 'boot before', counter: 1, wallAt: '' });
    await rig.clock.advance(30 * MINUTE_MS);
    expect(lost()).toEqual([]);
  });

  it('finds another host gone as it does a container', async () => {
    await leftBehind(FAR);
    await rig.clock.advance(5 * MINUTE_MS);
    expect(lost()).toEqual([]);
    await rig.clock.advance(20_000);
    expect(lost()).toHaveLength(1);
  });
});

describe('what a holder may believe', () => {
  it('is bounded by the last beat of its place', async () => {
    const stuck = withStuckBeats();
    const at = await rig.coordinator('a');
    const ana = await seat(at, 'ana');
    const token = tokenOf(await ana.acquire('task:stew', { ttlMs: 3_600_000 }));
    await rig.clock.advance(10_000);
    stuck.is = true;
    await rig.clock.advance(100_000);
    const { safeForMs } = await ana.check('task:stew', token);
    expect(safeForMs[token]).toBeGreaterThan(190_000);
    expect(safeForMs[token]).toBeLessThan(212_000);
    await rig.clock.advance(230_000);
    expect((await ana.check('task:stew', token)).safeForMs[token]).toBe(0);
    stuck.is = false;
    await rig.clock.advance(3_000);
    expect((await ana.check('task:stew', token)).safeForMs[token]).toBeGreaterThan(290_000);
  });
});

function shell(placeId: string) {
  return { attachmentId: 'shell', placeId, pid: 4712, startTime: 'start', kind: 'cli' } as const;
}
