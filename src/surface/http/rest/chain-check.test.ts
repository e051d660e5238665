// The chain, looked at once for all who ask, in a thread of its own, and found broken where it is.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../test/support/fake-clock.ts';
import { httpRig } from '../../../../test/support/http-rig.ts';
import { type Heard, type RestRig, restRig } from '../../../../test/support/rest-rig.ts';
import type { LogExamined } from '../../../ports/log-examiner.ts';
import { ChainChecks } from './chain-check.ts';

const FOUND: LogExamined = { checkedTo: 9, headHash: 'a', events: 9, batches: 3, archives: 0, flaw: null };

function heldExaminer() {
  const runs: { readonly tell: (seq: number) => void; readonly end: (found: LogExamined | Error) => void }[] = [];
  const examine = (_fleetId: string | null, tell: (seq: number) => void): Promise<LogExamined> =>
    new Promise((resolve, reject) => {
      runs.push({ tell, end: (found) => (found instanceof Error ? reject(found) : resolve(found)) });
    });
  return { runs, examine };
}

describe('a look at the chain', () => {
  it('is one for all who ask, says how far it is, and is told for a minute', async () => {
    const [clock, examiner] = [createFakeClock(), heldExaminer()];
    const checks = new ChainChecks(examiner, clock);
    const [first, second] = [checks.check('f1'), checks.check('f1')];
    examiner.runs[0]?.tell(4);
    await clock.advance(1_000);
    for (const asked of [first, second]) expect(await asked).toMatchObject({ state: 'checking', checkedTo: 4 });
    examiner.runs[0]?.end(FOUND);
    expect(await checks.check('f1')).toMatchObject({ state: 'whole', checkedTo: 9, head: 'a', events: 9 });
    await clock.advance(59_000);
    expect(await checks.check('f1')).toMatchObject({ state: 'whole' });
    expect(examiner.runs).toHaveLength(1);
    await clock.advance(1_000);
    const anew = checks.check('f1');
    examiner.runs[1]?.end({ ...FOUND, flaw: { seq: 7, problem: 'the chain breaks at number 7' } });
    expect(await anew).toMatchObject({ state: 'broken', brokenAt: 7, message: expect.stringContaining('7') as string });
  });

  it('that failed is told as what failed, and the next to ask begins another', async () => {
    const [clock, examiner] = [createFakeClock(), heldExaminer()];
    const checks = new ChainChecks(examiner, clock);
    const failing = checks.check('f1');
    examiner.runs[0]?.end(new Error('it ended'));
    expect(await failing).toMatchObject({ code: 'INTERNAL' });
    const next = checks.check('f1');
    examiner.runs[1]?.end(FOUND);
    expect(await next).toMatchObject({ state: 'whole' });
  });
});

/** Asked until it is found. */
async function lookedAt(ask: RestRig['ask']): Promise<Heard['body']> {
  for (;;) {
    const { body } = await ask('GET', '/v1/audit/chain');
    if (body.state !== 'checking') return body;
  }
}

describe('GET /v1/audit/chain', () => {
  it('finds a log whole, and one that was changed broken where it was', async () => {
    const { ask, register, fleet } = await restRig();
    for (const id of ['ana', 'bo', 'cy']) await register(id);
    const { head } = fleet.coordinator.health();
    const whole = await lookedAt(ask);
    expect(whole).toMatchObject({ state: 'whole', checkedTo: head.seq, head: head.hash, brokenAt: null });
    const changed = await restRig();
    for (const id of ['ana', 'bo', 'cy']) await changed.register(id);
    const file = join(changed.fleet.host.settings.root.value, '.brigade', 'brigade.db');
    const db = new Database(file);
    db.prepare("UPDATE batches SET body = replace(body, 'bo', 'mo') WHERE body LIKE '%\"bo\"%'").run();
    db.close();
    const body = await lookedAt(changed.ask);
    expect(body).toMatchObject({ state: 'broken', message: expect.stringMatching(/chain breaks at number/) as string });
    expect(body.brokenAt).toBe((body.checkedTo as number) + 1);
  });

  it('has nothing to look at in memory', async () => {
    const { app } = await httpRig();
    const answer = await app.request('http://127.0.0.1/v1/audit/chain', { headers: { host: '127.0.0.1' } });
    expect(await answer.json()).toMatchObject({ state: 'unchecked' });
  });
});
