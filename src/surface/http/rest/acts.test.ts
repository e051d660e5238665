// Acts of an operator over REST: seen before they are done, done as they were seen, and taken back.

import { describe, expect, it } from 'vitest';
import { type Heard, type RestRig, restRig } from '../../../../test/support/rest-rig.ts';
import type { FeedEvent } from '../../../app/coordinator.ts';
import { foreseen } from '../../../core/foreseen.ts';
import type { ToldEvent } from '../../../core/reply.ts';
import { spokenForeseen } from '../../answer/spoken-foreseen.ts';

interface Rig extends RestRig {
  /** The same act twice: as a dry run, and then for good. */
  readonly act: (path: string, body: object) => Promise<{ readonly dry: Heard; readonly done: Heard }>;
}

async function openRig(): Promise<Rig> {
  const rig = await restRig();
  let asked = 0;
  const act: Rig['act'] = async (path, body) => {
    asked += 1;
    const { bearer, headers } = { bearer: rig.operatorToken, headers: { 'idempotency-key': `act ${asked}` } };
    const before = await factsOf(rig);
    const dry = await rig.ask('POST', path, { bearer, headers, body: { ...body, dryRun: true } });
    expect(await factsOf(rig)).toEqual(before);
    const done = await rig.ask('POST', path, { bearer, headers, body });
    const logged = (await factsOf(rig)).slice(before.length);
    const isDone = done.status === 200;
    expect([dry.status, isDone ? toldIn(dry) : dry.text]).toEqual([done.status, isDone ? toldOf(logged) : done.text]);
    return { dry, done };
  };
  return { ...rig, act };
}

async function factsOf({ fleet }: RestRig): Promise<readonly FeedEvent[]> {
  const facts: FeedEvent[] = [];
  for await (const event of fleet.coordinator.feed({ after: 0, once: true })) facts.push(event);
  return facts;
}

function toldIn({ body }: Heard): readonly ToldEvent[] {
  return body.events as readonly ToldEvent[];
}

function toldOf(logged: readonly FeedEvent[]): readonly ToldEvent[] {
  return spokenForeseen({ op: 'done', changed: true, more: false, foreseen: foreseen(logged) }, '').events;
}

type Undo = { readonly method: string; readonly path: string; readonly body: object } | null;

describe('an act of an operator', () => {
  it('is told before it is done, and logs nothing until then', async () => {
    const rig = await openRig();
    const { ask, register, acquire, act } = rig;
    const [ana, bo] = [await register('ana'), await register('bo')];
    await acquire(ana, 'task:stew');
    await ask('POST', '/v1/locks/acquire', { bearer: bo, body: { resources: ['task:stew'], waitMs: 1 } });
    const ask1 = await act('/v1/messages', { to: 'ana', type: 'task', text: 'let go', resource: 'task:stew' });
    expect(ask1.dry.body).toMatchObject({ dryRun: true, undo: null, events: [{ type: 'message.sent' }] });
    const revoked = await act('/v1/locks/revoke', { resource: 'task:stew', reason: 'needed' });
    expect(revoked.dry.body).toMatchObject({ dryRun: true, undo: null, revoked: [{ agentId: 'ana' }] });
    expect(toldIn(revoked.dry).map(({ type }) => type)).toContain('lease.offered');
    expect(revoked.done.body).toMatchObject({ dryRun: false, undo: null });
    expect('events' in revoked.done.body).toBe(false);
    for (const op of ['pause', 'pause', 'resume', 'archive', 'restore', 'retire', 'resume'])
      await act(`/v1/agents/bo/${op}`, { reason: `because ${op}` });
  });

  it('is refused in the same words, dry or not', async () => {
    const rig = await openRig();
    const { ask, register, act } = rig;
    const bo = await register('bo');
    for (const [path, body, status] of [
      ['/v1/agents/nobody/pause', { reason: 'x' }, 404],
      ['/v1/agents/bo/pause', { reason: ' ' }, 400],
      ['/v1/locks/revoke', { resource: 'task:none', reason: 'x' }, 400],
      ['/v1/locks/revoke', { resource: '../..', reason: 'x' }, 400],
      ['/v1/alerts/7/ack', {}, 404],
      ['/v1/alerts/7/unack', {}, 404],
      ['/v1/incidents/7/close', { reason: 'x' }, 404],
      ['/v1/messages', { to: 'nobody', text: 'x' }, 404],
    ] as const) {
      const { done } = await act(path, body);
      expect([path, done.status]).toEqual([path, status]);
    }
    for (const bearer of [undefined, bo, 'f'.repeat(43)]) {
      const asked = (dryRun: boolean) =>
        ask('POST', '/v1/agents/bo/pause', {
          ...(bearer === undefined ? {} : { bearer }),
          body: { reason: 'x', dryRun },
        });
      const [dry, done] = [await asked(true), await asked(false)];
      expect([dry.status, dry.text]).toEqual([done.status, done.text]);
      expect([401, 403]).toContain(dry.status);
    }
    const own = await ask('POST', '/v1/messages', { bearer: bo, body: { to: 'bo', text: 'x', dryRun: true } });
    expect(own).toMatchObject({ status: 403, body: { code: 'OPERATOR_REQUIRED' } });
  });

  it('names what takes it back, which does', async () => {
    const rig = await openRig();
    const { ask, register, act, operatorToken: bearer } = rig;
    await register('bo');
    const agent = async () => ((await ask('GET', '/v1/agents/bo')).body.agent as { lifecycle: string }).lifecycle;
    const undo = async ({ dry, done }: { readonly dry: Heard; readonly done: Heard }) => {
      const way = done.body.undo as Undo;
      expect(dry.body.undo).toEqual(way);
      if (way === null) throw new Error('nothing takes it back');
      const undone = await ask(way.method, way.path, { bearer, body: way.body });
      expect([undone.status, undone.body.changed]).toEqual([200, true]);
    };
    await undo(await act('/v1/agents/bo/pause', { reason: 'x' }));
    expect(await agent()).toBe('active');
    await undo(await act('/v1/agents/bo/archive', { reason: 'x' }));
    expect(await agent()).toBe('active');
    await act('/v1/agents/bo/pause', { reason: 'once more' });
    const { alerts } = (await ask('GET', '/v1/alerts')).body as { alerts: readonly { readonly alert: number }[] };
    const alert = `/v1/alerts/${alerts[0]?.alert}`;
    const shown = async () => ((await ask('GET', '/v1/alerts')).body.alerts as readonly object[])[0];
    await undo(await act(`${alert}/ack`, { note: 'on it' }));
    expect(await shown()).toMatchObject({ acknowledged: null });
    await undo(await act(`${alert}/silence`, { forMs: 60_000 }));
    expect(await shown()).toMatchObject({ silenced: null });
    await undo(await act(`${alert}/ack`, { note: 'again' }));
    for (const [path, body] of [
      ['/v1/agents/bo/pause', { reason: 'paused already' }],
      [`${alert}/unack`, {}],
      [`${alert}/silence`, { forMs: 0 }],
      ['/v1/agents/bo/retire', { reason: 'for ever' }],
    ] as const)
      expect((await act(path, body)).done.body).toMatchObject({ undo: null });
  });
});
