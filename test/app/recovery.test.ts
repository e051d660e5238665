// A log that is not the one it was. Whatever happens to it: no token repeats, nobody is granted what another may still
// believe in, and whoever asks hears why and how it goes on.

import { afterEach, describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import type { Outcome } from '../../src/app/coordinator.ts';
import { FleetLog } from '../../src/app/fleet-log.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { EPOCH_STRIDE, type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { settle } from '../support/fake-clock.ts';
import { type Cook, codeOf, countingIds, FleetRig, HERE, leased, seat, silent, tokenOf } from '../support/fleet-rig.ts';
import { type AppendFate, GatedStore } from '../support/gated-store.ts';
import { rollBack, wipe } from '../support/memory-damage.ts';
import { TestHost } from '../support/test-memory.ts';
import { tornAfter } from '../support/torn-batch.ts';

let rig: FleetRig;
let host: TestHost;

function openRig(): void {
  host = new TestHost();
  rig = FleetRig.onFakeClock({ memoryOf: () => host });
}

afterEach(() => rig.close());

function epochs(): readonly number[] {
  return rig.log.batches.filter((batch) => batch.body.includes('"epoch.started"')).map((batch) => batch.epoch);
}

/** How long the refusal says that granting rests. */
function restOf({ answer }: Outcome): number {
  return isRejection(answer) ? (answer.retryAfterMs ?? 0) : 0;
}

/** Asks until the log is settled: the first call that meets the loss hears of it. */
async function acquireAfterLoss(cook: Cook, resource: string): Promise<{ codes: string[]; token: number }> {
  const codes: string[] = [];
  for (let i = 0; i < 20; i += 1) {
    const outcome = await cook.acquire(resource);
    const code = codeOf(outcome);
    if (code === 'none') return { codes, token: tokenOf(outcome) };
    codes.push(code);
    await rig.clock.advance(1_000);
  }
  return { codes, token: 0 };
}

describe('a log that was wiped, with live processes', () => {
  it('goes on with the state they know, in a new epoch', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const token = tokenOf(await ana.acquire('task:stew'));
    await b.view({ kind: 'fleet' });
    const before = rig.log.head.seq;
    wipe(rig.log);

    const first = await bo.acquire('task:stew');
    expect(codeOf(first)).toBe('STORE_REGRESSED');
    expect(first.answer).toMatchObject({ retry: 'afterWait', retryAfterMs: 1_000 });
    await rig.clock.advance(1_000);
    expect(epochs()).toEqual([1]);
    // What was held is held, by everybody's account.
    expect((await bo.check('task:stew', token)).answer).toMatchObject({ holder: { agentId: 'ana' } });
    expect((await ana.check('task:stew', token)).answer).toMatchObject({ holds: true });
    const { codes, token: fresh } = await acquireAfterLoss(bo, 'task:soup');
    expect(new Set(codes)).toEqual(codes.length === 0 ? new Set() : new Set(['STORE_REGRESSED']));
    expect(fresh).toBeGreaterThan(EPOCH_STRIDE);
    expect(fresh).toBeGreaterThan(before);
    expect([a.health().trouble, b.health().trouble]).toEqual([null, null]);
    expect([a.fleetId(), b.fleetId()]).toEqual([host.known, host.known]);
  });

  it('is started anew by one of three, and the others join', async () => {
    openRig();
    const all = [await rig.coordinator('a'), await rig.coordinator('b'), await rig.coordinator('c')];
    const cooks = await Promise.all(all.map((each, i) => seat(each, `cook${i}`)));
    const tokens = await Promise.all(cooks.map(async (cook, i) => tokenOf(await cook.acquire(`task:${i}`))));
    await Promise.all(all.map((each) => each.view({ kind: 'fleet' })));
    wipe(rig.log);
    await rig.clock.advance(2_000);
    // Nobody asked for anything: their own watch found it.
    expect(epochs()).toEqual([1]);
    const held = await Promise.all(
      all.map(async (each) => (await each.view({ kind: 'locks' })).items.map((lock) => lock.token)),
    );
    for (const each of held) expect(new Set(each)).toEqual(new Set(tokens));
  });

  it('keeps a parked call parked, and grants it in the new epoch', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const token = tokenOf(await ana.acquire('task:stew'));
    const waiting = bo.acquire('task:stew', { waitMs: 120_000 });
    await settle();
    await a.view({ kind: 'fleet' });
    wipe(rig.log);
    await rig.clock.advance(8_000);
    expect(b.health().parked).toBe(1);
    expect(codeOf(await ana.release([{ resource: 'task:stew', token }]))).toBe('none');
    await settle();
    expect(tokenOf(await waiting)).toBeGreaterThan(EPOCH_STRIDE);
  });

  it('loses nothing that any of them saw: who knows more starts the next epoch', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const ana = await seat(a, 'ana');
    await b.view({ kind: 'fleet' });
    const known = tokenOf(await ana.acquire('task:stew'));
    // `b` has not read the grant when the log goes, and is the first to look.
    wipe(rig.log);
    host.isForgetful = true;
    await b.view({ kind: 'fleet' });
    await settle();
    const byB = epochs();
    await a.view({ kind: 'fleet' });
    await settle();
    expect(byB).toEqual([1]);
    expect(epochs()).toEqual([1, 2]);
    expect((await b.view({ kind: 'locks' })).items).toMatchObject([{ token: known, holder: { agentId: 'ana' } }]);
    expect((await ana.check('task:stew', known)).answer).toMatchObject({ holds: true });
  });

  it('rests for as long as somebody may believe, where something was decided in the epoch that is replaced', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    await b.view({ kind: 'fleet' });
    tokenOf(await ana.acquire('task:stew'));
    wipe(rig.log);
    host.isForgetful = true;
    await b.view({ kind: 'fleet' });
    await settle();
    // A second process joins the session of `ana`. Who starts the next epoch does not know of it.
    const attachment = { attachmentId: 'second', placeId: HERE.placeId, pid: 4712, startTime: 'start', kind: 'mcp' };
    const joined = await b.submit({ ...ana.head(), op: 'attach', attachment });
    expect(joined.answer).toMatchObject({ op: 'done', changed: true });
    await a.view({ kind: 'fleet' });
    await settle();
    expect(epochs()).toEqual([1, 2]);
    await b.view({ kind: 'fleet' });
    expect(restOf(await bo.acquire('task:stew'))).toBeGreaterThan(LIMITS.beliefMaxMs - 5_000);
  });

  it('grants nothing for as long as somebody may believe, where the witness knows more than they do', async () => {
    openRig();
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    await b.view({ kind: 'fleet' });
    tokenOf(await ana.acquire('task:stew'));
    await a.close();
    wipe(rig.log);
    expect(codeOf(await bo.acquire('task:stew'))).toBe('STORE_REGRESSED');
    await rig.clock.advance(1_000);
    const refused = await bo.acquire('task:stew');
    expect(codeOf(refused)).toBe('STORE_REGRESSED');
    expect(restOf(refused)).toBeGreaterThan(LIMITS.beliefMaxMs - 5_000);
    await rig.clock.advance(LIMITS.beliefMaxMs - 10_000);
    expect(codeOf(await bo.acquire('task:stew'))).toBe('STORE_REGRESSED');
    await rig.clock.advance(20_000);
    expect(tokenOf(await bo.acquire('task:stew'))).toBeGreaterThan(EPOCH_STRIDE);
  });
});

describe('a log that was wiped, with nobody alive', () => {
  it('is known by its place: looking starts nothing, deciding starts an epoch that grants nothing yet', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const token = tokenOf(await ana.acquire('task:stew'));
    const fleetId = a.fleetId();
    await a.close();
    wipe(rig.log);

    const looker = await rig.coordinator('b');
    expect((await looker.view({ kind: 'locks' })).items).toEqual([]);
    expect(looker.health().trouble).toMatchObject({ code: 'STORE_REGRESSED' });
    expect(rig.log.batches).toHaveLength(0);

    const bo = await seat(looker, 'bo');
    expect(looker.fleetId()).toBe(fleetId);
    expect(epochs()).toEqual([1]);
    const refused = await bo.acquire('task:stew');
    expect(codeOf(refused)).toBe('STORE_REGRESSED');
    expect(restOf(refused)).toBe(LIMITS.beliefMaxMs);
    expect(looker.health().trouble).toBeNull();
    await rig.clock.advance(LIMITS.beliefMaxMs + 1_000);
    const granted = tokenOf(await bo.acquire('task:stew'));
    expect(granted).toBeGreaterThan(EPOCH_STRIDE);
    expect(granted).toBeGreaterThan(token);
  });

  it('twice never repeats a token', async () => {
    openRig();
    const tokens: number[] = [];
    for (const name of ['a', 'b', 'c']) {
      const coordinator = await rig.coordinator(name);
      const cook = await seat(coordinator, 'ana');
      await rig.clock.advance(LIMITS.beliefMaxMs + 1_000);
      tokens.push(tokenOf(await cook.acquire('task:stew')));
      expect(epochs()).toEqual(tokens.length === 1 ? [] : [tokens.length - 1]);
      await coordinator.close();
      wipe(rig.log);
    }
    expect(tokens).toEqual([...tokens].toSorted((x, y) => x - y));
    expect(new Set(tokens).size).toBe(3);
  });

  it('without a witness either is founded like any empty log', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const first = await a.found();
    await a.close();
    wipe(rig.log);
    host = new TestHost();
    const b = await rig.coordinator('b');
    await seat(b, 'ana');
    expect(b.fleetId()).not.toBe(first);
    expect(epochs()).toEqual([]);
    expect(b.health().trouble).toBeNull();
  });
});

describe('a log that was rolled back', () => {
  it('behind its witness is noticed by a fresh process', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const base = rig.log.head.seq;
    const token = tokenOf(await ana.acquire('task:stew'));
    await a.close();
    rollBack(rig.log, base);
    const b = await rig.coordinator('b');
    expect(b.health().trouble).toMatchObject({ code: 'STORE_REGRESSED' });
    const refused = await ana.via(b).acquire('task:stew');
    expect(codeOf(refused)).toBe('STORE_REGRESSED');
    await rig.clock.advance(LIMITS.beliefMaxMs + 1_000);
    expect(tokenOf(await ana.via(b).acquire('task:stew'))).toBeGreaterThan(token);
  });

  it('under a live process is put right by what it knows', async () => {
    openRig();
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const base = rig.log.head.seq;
    const token = tokenOf(await ana.acquire('task:stew'));
    rollBack(rig.log, base);
    await rig.clock.advance(2_000);
    expect(epochs()).toEqual([1]);
    expect((await ana.check('task:stew', token)).answer).toMatchObject({ holds: true });
    // It ends where its own past did, so nobody was granted anything that it does not know.
    await rig.clock.advance(3_000);
    expect(codeOf(await ana.acquire('task:soup'))).toBe('none');
  });

  it('and written on by somebody who did not notice rests before anything is granted', async () => {
    openRig();
    const [a, stranger] = [await rig.coordinator('a'), new TestHost()];
    const ana = await seat(a, 'ana');
    const base = rig.log.head.seq;
    const token = tokenOf(await ana.acquire('task:stew'));
    await a.view({ kind: 'fleet' });
    const kept = { batches: rig.log.batches, head: rig.log.head };
    rollBack(rig.log, base);
    // A process of another user, without the witness, goes on from the old head.
    const own = host;
    host = stranger;
    const b = await rig.coordinator('b');
    host = own;
    const bo = await seat(b, 'bo');
    const other = tokenOf(await bo.acquire('task:stew'));
    expect(other).toBeGreaterThan(0);
    expect(kept.head.seq).toBeGreaterThan(base);
    expect(codeOf(await ana.acquire('task:soup'))).toBe('STORE_REGRESSED');
    await rig.clock.advance(60_000);
    expect(codeOf(await ana.acquire('task:soup'))).toBe('STORE_REGRESSED');
    expect((await ana.check('task:stew', token)).answer).toMatchObject({ holds: true });
    await rig.clock.advance(LIMITS.beliefMaxMs);
    expect(leased(await ana.acquire('task:soup')).status).toBe('granted');
  });
});

describe('a log that was rolled back and written on by somebody who did not notice', () => {
  /** Ana has a lease from before; then she was granted `hers` by the log that is gone, and bo `his` by the one that is there. */
  async function forked(hers: readonly string[], his: readonly string[]) {
    openRig();
    const known = host;
    const a = await rig.coordinator('a');
    host = new TestHost();
    const b = await rig.coordinator('b');
    host = known;
    const [ana, bo, cleo] = [await seat(a, 'ana'), await seat(b, 'bo'), await seat(a, 'cleo')];
    const early = tokenOf(await ana.acquire('task:early'));
    await b.view({ kind: 'fleet' });
    const base = rig.log.head.seq;
    const grants = async (cook: Cook, resources: readonly string[]): Promise<number[]> => {
      const tokens: number[] = [];
      for (const resource of resources) tokens.push(tokenOf(await cook.acquire(resource)));
      return tokens;
    };
    const hersGranted = await grants(ana, hers);
    const waiting = cleo.acquire('task:stew', { waitMs: 2 * LIMITS.beliefMaxMs });
    await settle();
    rollBack(rig.log, base);
    const hisGranted = await grants(bo, his);
    return { ana, bo, cleo, early, hers: hersGranted, his: hisGranted, waiting };
  }

  const holds = async (cook: Cook, resource: string, token: number | undefined): Promise<unknown> =>
    (await cook.check(resource, token ?? 0)).answer;

  it('ends what was granted twice by one number: nobody could tell the two holders apart', async () => {
    const { ana, cleo, early, hers, his } = await forked(['task:stew'], ['task:stew']);
    expect(hers).toEqual(his);
    expect(codeOf(await ana.acquire('task:soup'))).toBe('STORE_REGRESSED');
    await rig.clock.advance(1_000);
    expect(epochs()).toEqual([1]);
    expect(await holds(cleo, 'task:stew', hers[0])).toMatchObject({ holds: false, holder: null });
    expect(await holds(ana, 'task:early', early)).toMatchObject({ holds: true });
    const { notices } = await ana.check('task:early', early);
    expect(notices.map(({ text }) => text).join()).toMatch(/no longer hold task:stew .*given to somebody else too/);
    await rig.clock.advance(LIMITS.beliefMaxMs + 1_000);
    expect(tokenOf(await cleo.acquire('task:stew'))).toBeGreaterThan(EPOCH_STRIDE);
  });

  it('keeps the place of who waits for it, and gives it once nobody believes in it any more', async () => {
    const { waiting } = await forked(['task:stew'], ['task:stew']);
    await rig.clock.advance(LIMITS.beliefMaxMs - 10_000);
    expect(epochs()).toEqual([1]);
    expect((await (await rig.coordinator('c')).view({ kind: 'locks' })).items).toMatchObject([
      { resource: 'task:early' },
    ]);
    await rig.clock.advance(20_000);
    expect(tokenOf(await waiting)).toBeGreaterThan(EPOCH_STRIDE);
  });

  it('does so too where that log is gone in its turn, and only what its side knew is left of it', async () => {
    const { bo, cleo, hers } = await forked(['task:stew'], ['task:soup']);
    wipe(rig.log);
    await bo.at.view({ kind: 'fleet' });
    await settle();
    expect(epochs()).toEqual([1]);
    await rig.clock.advance(2_000);
    expect(epochs()).toEqual([1, 2]);
    expect(await holds(cleo, 'task:stew', hers[0])).toMatchObject({ holds: false, holder: null });
  });

  it('leaves what only one side has granted', async () => {
    const { ana, hers } = await forked(['task:stew', 'task:soup', 'task:roast'], ['task:bread']);
    await ana.acquire('task:salad');
    await rig.clock.advance(1_000);
    const still = await Promise.all(
      ['task:stew', 'task:soup', 'task:roast'].map((each, i) => holds(ana, each, hers[i])),
    );
    expect(still).toMatchObject([{ holds: false }, { holds: true }, { holds: true }]);
  });
});

describe('a log that was replaced by an older one', () => {
  it('is not taken for sound by a process that had read no further than that', async () => {
    host = new TestHost();
    const place = { file: 0 };
    rig = FleetRig.onFakeClock({ memoryOf: () => host, makeStore: () => onFile(rig.store(), place) });
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const before = rig.log.head.seq;
    tokenOf(await ana.acquire('task:stew'));
    rollBack(rig.log, before);
    place.file += 1;
    await bo.acquire('task:stew');
    const again = await bo.acquire('task:stew');
    expect(codeOf(again)).toBe('STORE_REGRESSED');
    expect(restOf(again)).toBeGreaterThan(LIMITS.beliefMaxMs - 10_000);
  });
});

/** Notices, as a store of files does, that another file stands in the place of the one it opened. */
function onFile(store: EventStore, place: { readonly file: number }): EventStore {
  const opened = place.file;
  const read = store.read.bind(store);
  const append = store.append.bind(store);
  async function onSame<T>(work: () => Promise<T>): Promise<T> {
    if (place.file !== opened) throw new StoreFault('STORE_REGRESSED', 'Another file stands in its place.');
    return work();
  }
  return Object.assign(store, {
    read: (...args: Parameters<typeof read>) => onSame(() => read(...args)),
    append: (...args: Parameters<typeof append>) => onSame(() => append(...args)),
  });
}

describe('a loss that somebody else of this process meets while a call is proven', () => {
  it('is no error that nobody takes, and the call has its answer', async () => {
    host = new TestHost();
    const gate = { isClosed: false, pass: (): void => undefined, isLost: false };
    const makeStore = (): EventStore => {
      const inner = rig.store();
      const store = new GatedStore(inner);
      store.read = async (after, limit) => {
        if (gate.isClosed) await new Promise<void>((resolve) => void Object.assign(gate, { pass: resolve }));
        else if (gate.isLost) throw new StoreFault('STORE_REGRESSED', 'Injected: another log stands here.');
        return inner.read(after, limit);
      };
      return store;
    };
    rig = FleetRig.onFakeClock({ memoryOf: () => host, makeStore });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const token = tokenOf(await ana.acquire('task:stew'));
    gate.isClosed = true;
    const checked = ana.check('task:stew', token);
    await settle();
    // Whoever looks next reads right behind it, and finds that the log is another one.
    const looked = a.view({ kind: 'fleet' }).catch((error: unknown) => error);
    Object.assign(gate, { isClosed: false, isLost: true });
    gate.pass();
    expect(await looked).toMatchObject({ code: 'STORE_REGRESSED' });
    gate.isLost = false;
    expect((await checked).answer).toMatchObject({ op: 'check', holds: true });
  });
});

describe('a state that is too large for the store, which shows only when it is tried', () => {
  async function wipedUnder(fates: readonly AppendFate[]): Promise<{ readonly ana: Cook; readonly held: number }> {
    host = new TestHost();
    const next: AppendFate[] = [];
    const makeStore = (): EventStore => Object.assign(new GatedStore(rig.store()), { fates: next });
    rig = FleetRig.onFakeClock({ memoryOf: () => host, makeStore });
    const ana = await seat(await rig.coordinator('a'), 'ana');
    const held = tokenOf(await ana.acquire('task:stew', { requestId: 'once' }));
    wipe(rig.log);
    next.push(...fates);
    return { ana, held };
  }

  it('is written without the memory of the past, and with every claim', async () => {
    // The first is that of the call that meets the loss.
    const { ana, held } = await wipedUnder(['pass', 'too-large']);
    await acquireAfterLoss(ana, 'task:soup');
    expect(epochs()).toEqual([1]);
    expect((await ana.check('task:stew', held)).answer).toMatchObject({ holds: true });
    const [start] = rig.log.batches;
    expect(start?.body).not.toContain('"requestId":"once"');
  });

  it('is said where even that is too large', async () => {
    const { ana } = await wipedUnder(Array.from({ length: 100 }, () => 'too-large'));
    await ana.acquire('task:soup');
    await rig.clock.advance(2_000);
    const { answer } = await ana.acquire('task:soup');
    expect(answer).toMatchObject({ code: 'STORE_REGRESSED', message: expect.stringContaining('too large') as string });
    expect(epochs()).toEqual([]);
  });
});

describe('a log with a batch in it that cannot be folded', () => {
  it('leaves a process nothing that it knows when it is lost: half a batch becomes no fleet', async () => {
    openRig();
    const ana = await seat(await rig.coordinator('a'), 'ana');
    await ana.acquire('task:stew');
    const log = new FleetLog({
      makeStore: () => Promise.resolve(rig.store()),
      memory: host,
      placeId: 'p',
      clock: rig.clock,
      hasher: nodeHasher,
      ids: countingIds('b'),
      logger: silent,
      nextTurn: () => Promise.resolve(),
      momentOf: () => ({ at: 0, wallAt: rig.clock.wallAt() }),
    });
    await log.readAhead();
    expect(log.state.leases.size).toBe(1);
    const { head } = log;
    await log.append(head, tornAfter(head));
    await expect(log.readAhead()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(log.head).toEqual(head);

    wipe(rig.log);
    await expect(log.read(head.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await log.readAhead();
    expect([log.isOpen, log.state.leases.size, log.trouble?.code]).toEqual([true, 0, 'STORE_REGRESSED']);
    // Whoever decides something first starts the epoch that rests.
    expect(rig.log.batches).toEqual([]);
    await log.close();
  });
});
