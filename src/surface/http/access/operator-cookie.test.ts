// An operator in a browser: from the one-time code to what the log says of them.

import { describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../test/support/fake-clock.ts';
import { type HttpRig, httpRig } from '../../../../test/support/http-rig.ts';
import type { FeedEvent } from '../../../app/coordinator.ts';
import { hasher, ids } from '../../../compose.ts';
import { NEARBY } from './access-settings.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { Operators } from './operators.ts';

const ANA = { kind: 'operator', name: 'ana', proof: 'terminal' } as const;
const HOST = '127.0.0.1:7420';
const OWN_PAGE = { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };

interface Rig extends HttpRig {
  readonly clock: FakeClock;
  readonly operators: Operators;
}

async function openRig(access: Partial<typeof NEARBY> = {}): Promise<Rig> {
  const clock = createFakeClock();
  const operators = new Operators({ clock, hasher, ids });
  const rig = await httpRig({ access: { ...NEARBY, ...access, clock, operators } });
  return { ...rig, clock, operators };
}

type Headers = Readonly<Record<string, string>>;

function post({ app }: HttpRig, path: string, headers: Headers, body: unknown = {}): Response | Promise<Response> {
  const all = { 'content-type': 'application/json', ...headers };
  return app.request(path, { method: 'POST', headers: all, body: JSON.stringify(body) });
}

/** What a browser sends back. */
function cookieIn(answer: Response): string {
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function signIn(rig: Rig): Promise<string> {
  const answer = await post(rig, '/auth/code', OWN_PAGE, { code: rig.operators.makeCode(ANA) });
  expect(answer.status).toBe(204);
  return cookieIn(answer);
}

async function whoIs(rig: Rig, headers: Headers): Promise<unknown> {
  const answer = await rig.app.request('/auth', { headers });
  return ((await answer.json()) as { readonly operator: unknown }).operator;
}

describe('a one-time code', () => {
  it('is good once, for a cookie that no script and no other site can use', async () => {
    const rig = await openRig();
    const code = rig.operators.makeCode(ANA);
    const answer = await post(rig, '/auth/code', OWN_PAGE, { code });
    const cookie = answer.headers.get('set-cookie') ?? '';
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
    expect(cookie).not.toContain('Secure');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const again = await post(rig, '/auth/code', OWN_PAGE, { code });
    expect([again.status, again.headers.get('set-cookie')]).toEqual([403, null]);
  });

  it('may come with the address that the browser was opened at, which is left behind', async () => {
    const rig = await openRig({ isSecure: true });
    const code = rig.operators.makeCode(ANA);
    const answer = await rig.app.request(`/?code=${code}`, { headers: { host: HOST, 'sec-fetch-site': 'none' } });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(answer.headers.get('set-cookie')).toContain('Secure');
    expect(await whoIs(rig, { host: HOST, cookie: cookieIn(answer) })).toBe('ana');
  });

  it('is good for two minutes, and the newest few are kept', async () => {
    const rig = await openRig();
    const late = rig.operators.makeCode(ANA);
    await rig.clock.advance(HTTP_LIMITS.codeMs);
    expect(rig.operators.trade(late)).toBeNull();
    const codes = Array.from({ length: HTTP_LIMITS.codes + 1 }, () => rig.operators.makeCode(ANA));
    expect(codes.map((code) => rig.operators.trade(code) !== null)).toEqual(codes.map((_, i) => i > 0));
  });

  it('cannot be guessed for long', async () => {
    const rig = await openRig();
    const statuses: number[] = [];
    for (let tried = 0; tried < 40; tried += 1) {
      statuses.push((await post(rig, '/auth/code', OWN_PAGE, { code: `guess ${tried}` })).status);
    }
    expect(statuses.filter((status) => status === 403)).toHaveLength(HTTP_LIMITS.wrong.burst);
    expect(statuses.at(-1)).toBe(429);
    for (const code of [null, 7, {}, 'x'.repeat(10_000)]) {
      expect((await post(rig, '/auth/code', OWN_PAGE, { code })).status).toBe(429);
    }
  });
});

describe('the cookie', () => {
  it('stands for the operator, and the log says who it was', async () => {
    const rig = await openRig();
    const cookie = await signIn(rig);
    await post(rig, '/v1/sessions', {}, { id: 'bo' });
    const paused = await post(rig, '/v1/agents/bo/pause', { ...OWN_PAGE, cookie }, { reason: 'lunch' });
    expect(paused.status).toBe(200);
    const facts: FeedEvent[] = [];
    for await (const event of rig.fleet.coordinator.feed({ after: 0, once: true })) facts.push(event);
    const pause = { type: 'agent.paused', agentId: 'bo', actor: 'operator:ana', by: 'operator' };
    expect(facts.slice(-2)).toMatchObject([pause, { type: 'alert.opened', code: 'paused_agent', actor: 'brigade' }]);
    const audit = await rig.app.request('/v1/audit', { headers: { host: HOST, cookie } });
    expect(await audit.text()).toContain('"actor":"operator:ana"');
    expect(rig.logged.filter((line) => line.includes(cookie.split('=')[1] ?? cookie))).toEqual([]);
  });

  it('is worth nothing on a page of somebody else, or where nobody says whose page it was', async () => {
    const rig = await openRig();
    const cookie = await signIn(rig);
    await post(rig, '/v1/sessions', {}, { id: 'bo' });
    const evil: readonly Headers[] = [
      { host: HOST, cookie },
      { host: HOST, cookie, 'sec-fetch-site': 'none' },
      { host: HOST, cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      { host: HOST, cookie, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' },
      { host: HOST, cookie, origin: 'http://localhost:3000' },
      { host: HOST, cookie, origin: 'null' },
      { host: 'evil.example', cookie, origin: 'http://evil.example' },
    ];
    for (const headers of evil) {
      const { status } = await post(rig, '/v1/agents/bo/pause', headers, { reason: 'mischief' });
      expect([headers, [401, 403].includes(status)]).toEqual([headers, true]);
    }
    expect(await rig.fleet.coordinator.view({ kind: 'agents' })).toMatchObject({ items: [{ lifecycle: 'active' }] });
  });

  it('is no session, and gives way to a Bearer', async () => {
    const rig = await openRig();
    const cookie = await signIn(rig);
    const asked = { resources: ['a.ts'], waitMs: 0 };
    expect((await post(rig, '/v1/locks/acquire', { ...OWN_PAGE, cookie }, asked)).status).toBe(401);
    expect(await whoIs(rig, { ...OWN_PAGE, cookie, authorization: 'Bearer of-nobody' })).toBeNull();
  });

  it('ends with logout, with its day, with the coming of many others, and with the server', async () => {
    const rig = await openRig();
    const cookie = await signIn(rig);
    const mine = { ...OWN_PAGE, cookie };
    await post(rig, '/auth/logout', { host: HOST, cookie });
    expect(await whoIs(rig, mine)).toBe('ana');
    expect((await post(rig, '/auth/logout', mine)).headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await whoIs(rig, mine)).toBeNull();

    const again = { ...OWN_PAGE, cookie: await signIn(rig) };
    await rig.clock.advance(HTTP_LIMITS.operatorMs);
    expect(await whoIs(rig, again)).toBeNull();

    const first = { ...OWN_PAGE, cookie: await signIn(rig) };
    for (let more = 0; more < HTTP_LIMITS.operatorCookies; more += 1) rig.operators.trade(rig.operators.makeCode(ANA));
    expect(await whoIs(rig, first)).toBeNull();

    const last = { ...OWN_PAGE, cookie: await signIn(rig) };
    expect(await whoIs(await openRig(), last)).toBeNull();
  });

  it('lets in where strangers are not', async () => {
    const rig = await openRig({ bind: '0.0.0.0' });
    const cookie = await signIn(rig);
    expect((await rig.app.request('/v1/fleet', { headers: { ...OWN_PAGE, cookie } })).status).toBe(200);
    expect((await rig.app.request('/v1/fleet', { headers: OWN_PAGE })).status).toBe(401);
  });
});

describe('the operator token, typed into a page', () => {
  const [token, join] = [ids.newSecret(), ids.newSecret()];
  const openWithToken = async (access: Partial<typeof NEARBY> = {}): Promise<Rig> => {
    const rig = await openRig(access);
    await rig.setToken('operator', token);
    await rig.setToken('join', join);
    return rig;
  };
  const trade = (rig: Rig, body: unknown, headers: Headers = OWN_PAGE) => post(rig, '/auth/token', headers, body);

  it('becomes a cookie that says for whom, and until when', async () => {
    const rig = await openWithToken();
    const answer = await trade(rig, { token });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([204, 'no-store']);
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/'])
      expect(answer.headers.get('set-cookie')).toContain(part);
    const who = async () => {
      const heard = await rig.app.request('/auth', { headers: { ...OWN_PAGE, cookie: cookieIn(answer) } });
      return (await heard.json()) as { readonly operator: string | null; readonly endsAt: string | null };
    };
    const { operator, endsAt } = await who();
    expect(operator).toBe(rig.fleet.host.user);
    expect(Date.parse(endsAt ?? '') - Date.parse(rig.clock.wallAt())).toBe(HTTP_LIMITS.operatorMs);
    await post(rig, '/v1/sessions', {}, { id: 'bo' });
    const paused = await post(rig, '/v1/agents/bo/pause', { ...OWN_PAGE, cookie: cookieIn(answer) }, { reason: 'x' });
    expect(paused.status).toBe(200);
    await rig.setToken('operator', ids.newSecret());
    expect(await who()).toEqual({ operator: null, endsAt: null });
    expect(rig.logged.filter((line) => line.includes(token))).toEqual([]);
  });

  it('is no other secret, and cannot be guessed for long', async () => {
    const rig = await openWithToken();
    const { session } = (await (await post(rig, '/v1/sessions', {}, { id: 'bo' })).json()) as {
      readonly session: string;
    };
    const wrong = [{ token: join }, { token: session }, { token: '' }, { token: 7 }, {}, null, 'x'.repeat(9_999)];
    for (const body of wrong) {
      const answer = await trade(rig, body);
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    }
    const statuses: number[] = [];
    for (let tried = 0; tried < 40; tried += 1) statuses.push((await trade(rig, { token: `guess ${tried}` })).status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(HTTP_LIMITS.wrong.burst - wrong.length);
    expect(statuses.at(-1)).toBe(429);
    // Who guesses over the same connection keeps nobody out who knows it.
    expect((await trade(rig, { token })).status).toBe(204);
  });

  it('is taken from no page of somebody else', async () => {
    const rig = await openWithToken();
    const evil: readonly Headers[] = [
      { host: HOST, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      { host: HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
      { host: HOST, origin: 'null' },
      { host: 'evil.example', origin: 'http://evil.example' },
    ];
    for (const headers of evil) {
      const answer = await trade(rig, { token }, headers);
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    }
  });

  it('lets in where strangers are not, who hear that they are nobody', async () => {
    const rig = await openWithToken({ bind: '0.0.0.0' });
    expect(await whoIs(rig, OWN_PAGE)).toBeNull();
    expect((await trade(rig, { token: 'of nobody' })).status).toBe(403);
    const cookie = cookieIn(await trade(rig, { token }));
    expect((await rig.app.request('/v1/fleet', { headers: { ...OWN_PAGE, cookie } })).status).toBe(200);
    expect((await post(rig, '/auth/logout', { ...OWN_PAGE, cookie })).status).toBe(204);
    expect((await rig.app.request('/v1/fleet', { headers: { ...OWN_PAGE, cookie } })).status).toBe(401);
    expect((await post(rig, '/auth/logout', OWN_PAGE)).status).toBe(204);
  });
});
