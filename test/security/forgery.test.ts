// Whoever has a session, or none, tries to pass for somebody else: with what others left lying about, with what was said before,
// with names that look alike. What is not proved is refused, and nobody else notices.

import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { proofOf } from '../../src/app/desk/protocol.ts';
import type { DeskConnection } from '../../src/ports/desk-door.ts';
import { helloFrom } from '../support/desk-hello.ts';
import { DeskRig } from '../support/desk-rig.ts';
import { settle } from '../support/fake-clock.ts';
import { restRig } from '../support/rest-rig.ts';

describe('a session of somebody else', () => {
  it('is not to be had by guessing, by its id, by its hash, by an ended handle or by a handle that was changed', async () => {
    const { ask, register, acquire, fleet } = await restRig();
    const ana = await register('ana');
    const token = await acquire(ana, 'task:knife');
    const { sessions } = (await ask('GET', '/v1/sessions')).body as {
      readonly sessions: readonly { readonly sessionId: string }[];
    };
    const hash = nodeHasher.sha256Hex(ana);
    const forged = [
      sessions[0]?.sessionId ?? '',
      'ana',
      hash,
      hash.slice(0, 43),
      ana.toUpperCase(),
      ana.slice(0, -1),
      `${ana.slice(0, -1)}${ana.endsWith('a') ? 'b' : 'a'}`,
      `${ana}=`,
      'null',
      '0'.repeat(43),
    ];
    const before = fleet.coordinator.health().head.seq;
    for (const bearer of forged.filter((each) => each !== ana)) {
      const body = { leases: [{ resource: 'task:knife', token }] };
      const { status, body: said } = await ask('POST', '/v1/locks/release', { bearer, body });
      expect([bearer === '' ? 400 : status, said.code]).toEqual([
        expect.toBeOneOf([400, 403]),
        expect.stringMatching(/^(CREDENTIAL_WRONG|INVALID_ARGUMENT)$/),
      ]);
    }
    expect(fleet.coordinator.health().head.seq).toBe(before);
    expect(
      (await ask('POST', '/v1/locks/check', { bearer: ana, body: { resource: 'task:knife', token } })).body,
    ).toMatchObject({ holds: true });
  });

  it('is not reached by a fencing token, whoever knows it', async () => {
    const { ask, register, acquire } = await restRig();
    const [ana, mallory] = [await register('ana'), await register('mallory')];
    const token = await acquire(ana, 'task:knife');
    for (const [path, body] of [
      ['/v1/locks/release', { leases: [{ resource: 'task:knife', token }] }],
      ['/v1/locks/renew', { leases: [{ resource: 'task:knife', token }] }],
      ['/v1/locks/handoffs', { resource: 'task:knife', token, to: 'mallory' }],
    ] as const) {
      const { status, text } = await ask('POST', path, { bearer: mallory, body });
      expect([path, status >= 400 || text.includes('NOT_HOLDER')]).toEqual([path, true]);
    }
    const put = { value: 1, resource: 'task:knife', token };
    expect((await ask('PUT', '/v1/state/menu', { bearer: mallory, body: put })).status).toBeGreaterThanOrEqual(400);
    expect(
      (await ask('POST', '/v1/locks/check', { bearer: ana, body: { resource: 'task:knife', token } })).body,
    ).toMatchObject({ holds: true });
  });

  it('is not what a body says that a caller is', async () => {
    const { ask, register } = await restRig();
    const [ana, mallory] = [await register('ana'), await register('mallory')];
    for (const extra of [
      { by: { kind: 'operator', name: 'chef', proof: 'terminal' } },
      { agentId: 'ana' },
      { sessionId: 'ses_1' },
      { actor: 'ana' },
      { handleHash: nodeHasher.sha256Hex(ana) },
    ]) {
      const body = { resources: ['task:own'], waitMs: 0, ...extra };
      expect((await ask('POST', '/v1/locks/acquire', { bearer: mallory, body })).body).toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    }
    const both = { resources: ['task:own'], waitMs: 0, session: ana };
    expect((await ask('POST', '/v1/locks/acquire', { bearer: mallory, body: both })).status).toBeGreaterThanOrEqual(
      400,
    );
  });
});

describe('an operator', () => {
  it('is nobody without the token: not a session, not an agent called so, not a proof in the body', async () => {
    const { ask, register, operatorToken } = await restRig();
    const mallory = await register('operator');
    const body = { reason: 'mine now' };
    await register('ana');
    for (const bearer of [
      mallory,
      nodeHasher.sha256Hex(operatorToken),
      operatorToken.toLowerCase(),
      `${operatorToken}x`,
    ]) {
      if (bearer === operatorToken) continue;
      const { status } = await ask('POST', '/v1/agents/ana/pause', { bearer, body });
      expect([401, 403]).toContain(status);
    }
    const proved = { ...body, proof: 'terminal', name: 'chef' };
    expect(
      (await ask('POST', '/v1/agents/ana/pause', { bearer: mallory, body: proved })).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await ask('GET', '/v1/agents/ana')).body).toMatchObject({ agent: { lifecycle: 'active' } });
  });
});

describe('what was said before', () => {
  it('by another session is not answered to who repeats its request id', async () => {
    const { ask, register, fleet } = await restRig();
    const [ana, mallory] = [await register('ana'), await register('mallory')];
    const asked = { body: { resources: ['task:knife'], waitMs: 0 }, headers: { 'idempotency-key': 'the-same' } };
    const first = await ask('POST', '/v1/locks/acquire', { bearer: ana, ...asked });
    expect(first.body).toMatchObject({ status: 'granted' });
    const replayed = await ask('POST', '/v1/locks/acquire', { bearer: mallory, ...asked });
    expect(replayed.body).toMatchObject({ code: 'LEASE_HELD' });
    const before = fleet.coordinator.health().head.seq;
    const again = await ask('POST', '/v1/locks/acquire', { bearer: ana, ...asked });
    const [lease] = first.body.leases as readonly { readonly token: number }[];
    expect(again.body).toMatchObject({ status: 'granted', leases: [{ token: lease?.token }] });
    expect(fleet.coordinator.health().head.seq).toBe(before);
  });

  it('in a greeting at the desk is worth nothing a second time, nor sent back, nor for another desk', async () => {
    const rig = new DeskRig();
    await rig.start('a');
    const key = 'a'.repeat(64);
    const honest = await meet(rig);
    honest.send(HELLO);
    const proof = proofOf(nodeHasher, key, 'guest', { hello: HELLO, deskNonce: await honest.nonce() });
    honest.send({ t: 'proof', mac: proof });
    expect(await honest.last()).toMatchObject({ t: 'welcome' });

    const replayed = await meet(rig);
    replayed.send(HELLO);
    await replayed.nonce();
    replayed.send({ t: 'proof', mac: proof });
    expect(await replayed.last()).toMatchObject({ t: 'refuse', why: 'key' });

    const reflected = await meet(rig);
    reflected.send(HELLO);
    await reflected.nonce();
    const { mac } = (await reflected.last()) as { readonly mac: string };
    reflected.send({ t: 'proof', mac });
    expect(await reflected.last()).toMatchObject({ t: 'refuse', why: 'key' });

    const early = await meet(rig);
    early.send({ t: 'view', id: 1, query: { kind: 'fleet' } });
    await settle();
    expect(early.heard).toEqual([]);
    await rig.close();
  });
});

describe('a name', () => {
  it('that looks like one in use is no other agent, and gets nothing of it', async () => {
    const { ask, register, acquire } = await restRig();
    const ana = await register('cook-10');
    await acquire(ana, 'task:knife');
    for (const id of ['cook_10', 'cook.1o', 'COOK-10', 'cook-l0', 'c\u043eok-10', 'cook-10\u200b']) {
      const { body } = await ask('POST', '/v1/sessions', { body: { id } });
      expect([id, body.agentId === 'cook-10']).toEqual([id, false]);
      expect([id, 'session' in body ? (body.warnings as readonly unknown[]).length > 0 : body.code]).toEqual([
        id,
        expect.toBeOneOf([true, 'INVALID_ID']),
      ]);
    }
  });

  it('of a file is one resource, however it is written, and never lies outside', async () => {
    const { ask, register, acquire } = await restRig();
    const [ana, mallory] = [await register('ana'), await register('mallory')];
    await acquire(ana, 'file:src/a.ts');
    for (const resource of [
      'src/a.ts',
      './src/a.ts',
      'src/../src/a.ts',
      'src//a.ts',
      'file:src/./a.ts',
      'src/',
      'src/*.ts',
      'file:./',
    ]) {
      const { body } = await ask('POST', '/v1/locks/acquire', {
        bearer: mallory,
        body: { resources: [resource], waitMs: 0 },
      });
      expect([resource, body.code]).toEqual([resource, 'LEASE_HELD']);
    }
    for (const resource of [
      '../a.ts',
      'src/../../a.ts',
      '/etc/passwd',
      'file:/etc/passwd',
      'file:../../x',
      '.brigade/policy.json',
      '.BRIGADE/x',
      'a\u0000b',
      'task:a\nb',
      'task:\u202eb',
      'task:a\u200bb',
    ]) {
      const { body } = await ask('POST', '/v1/locks/acquire', {
        bearer: mallory,
        body: { resources: [resource], waitMs: 0 },
      });
      expect([resource, body.code]).toEqual([
        resource,
        expect.stringMatching(/^(PATH_OUTSIDE_WORKSPACE|INVALID_RESOURCE)$/),
      ]);
    }
  });
});

const HELLO = helloFrom(999);

async function meet(rig: DeskRig) {
  const door = rig.desk.door('stranger');
  const address = door.find();
  if (address === null) throw new Error('no desk is open');
  const connection: DeskConnection = await rig.clock.advanceUntil(door.connect(address));
  const heard: unknown[] = [];
  connection.onMessage = (text) => void heard.push(JSON.parse(text));
  const last = async (): Promise<unknown> => {
    await settle();
    return heard.at(-1);
  };
  return {
    heard,
    last,
    send: (message: object) => connection.send(JSON.stringify(message)),
    nonce: async () => ((await last()) as { readonly nonce: string }).nonce,
  };
}
