// Requests that are wrong in every way, to every route and every tool: none is answered by a fault of ours, none ends the
// server, none writes outside of `.brigade/` and the state folder, and no secret is logged.

import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NEARBY } from '../../src/surface/http/access/access-settings.ts';
import { listen } from '../../src/surface/http/listen.ts';
import { TOOLS } from '../../src/surface/mcp/tools.ts';
import { campaignCount } from '../support/campaign.ts';
import { type FuzzWorld, fuzzRequest } from '../support/http-fuzz.ts';
import { type HttpRig, httpRig } from '../support/http-rig.ts';
import { randomOf } from '../support/random.ts';
import { type RawAnswer, sendRaw } from '../support/raw-http.ts';

const rounds = campaignCount(20, { atLeast: 1 });
const requestsPerRound = campaignCount(5_000, { atLeast: 1_500 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
/** Sent at once, so that they also meet each other. */
const TOGETHER = 8;
const MINUTES_MS = 10 * 60_000;

interface Session {
  readonly session: string;
}

async function register({ app }: HttpRig, id: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await app.request('/v1/sessions', { method: 'POST', headers, body: JSON.stringify({ id }) });
  return ((await answer.json()) as Session).session;
}

async function worldOf(rig: HttpRig): Promise<FuzzWorld> {
  const operator = 'operator-secret-'.padEnd(43, 'o');
  await rig.setToken('operator', operator);
  const handles = [await register(rig, 'ana'), await register(rig, 'bo')];
  const ended = await register(rig, 'cy');
  await rig.app.request('/v1/sessions/current', { method: 'DELETE', headers: { authorization: `Bearer ${ended}` } });
  const routes = rig.app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/*');
  return {
    routes: [...new Map(routes.map(({ method, path }) => [`${method} ${path}`, { method, path }])).values()],
    secrets: [...handles, ...handles, operator, ended, 'handle-of-nobody-'.padEnd(43, 'n')],
    names: ['ana', 'bo', 'cy', 'file:a.ts', 'src/', 'task:x', 'key', 'a.ts', 'tkt_x', 'all', '1'],
    tools: TOOLS.map(({ name }) => name),
  };
}

/** Everything below `folder` but what belongs to Brigade. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/(^|\/)\.(brigade|state)(\/|$)/.test(path))
    .toSorted();
}

/** What is wrong with the answer; null when nothing is. */
function faultIn({ status, text }: RawAnswer): string | null {
  if (status >= 500 && status !== 503) return `status ${status}`;
  if (/"code":"INTERNAL"|"code":-32603/.test(text)) return 'a fault of ours';
  if (status === 503 && !/"category":"unavailable"/.test(text)) return 'a 503 without a reason';
  return null;
}

describe(`malformed requests, seed ${seed} (BRIGADE_TEST_SEED repeats them)`, () => {
  it.each(Array.from({ length: rounds }, (_, i) => seed + i))(
    'round of seed %i',
    async (roundSeed) => {
      const rig = await httpRig({ isOnDisk: true, access: { ...NEARBY, limitsRates: false } });
      const canary = join(dirname(rig.root), `canary-${roundSeed}`);
      expect(readdirSync(dirname(rig.root))).not.toContain(`canary-${roundSeed}`);
      writeFileSync(join(rig.root, 'a.ts'), 'ours\n');
      const world = await worldOf(rig);
      expect(world.routes.length).toBeGreaterThan(30);
      const before = filesBelow(rig.root);
      const { server, port } = await listen(rig.app, { host: '127.0.0.1', port: 0 });
      onTestFinished(async () => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      });
      const random = randomOf(roundSeed);
      const statuses = new Map<number, number>();
      for (let sent = 0; sent < requestsPerRound; sent += TOGETHER) {
        const requests = Array.from({ length: TOGETHER }, () => fuzzRequest(random, world));
        const answers = await Promise.all(requests.map((request) => sendRaw(port, request)));
        for (const [i, answer] of answers.entries()) {
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          const request = requests[i]?.toString('latin1').slice(0, 1_500);
          expect({ fault: faultIn(answer), request, answer: answer.text.slice(0, 1_000) }).toMatchObject({
            fault: null,
          });
        }
      }
      // It came everywhere: answered, refused as wrong, as nobody's, as unknown, as too much.
      for (const status of [200, 400, 403, 404, 413])
        expect([status, statuses.get(status) ?? 0]).not.toEqual([status, 0]);
      expect(rig.logged.filter((line) => line.includes('fault of ours'))).toEqual([]);
      expect(rig.logged.filter((line) => world.secrets.some((secret) => line.includes(secret)))).toEqual([]);
      expect(filesBelow(rig.root)).toEqual(before);
      expect(readdirSync(dirname(rig.root)).filter((name) => canary.endsWith(name))).toEqual([]);
      expect(await register(rig, 'afterwards')).toBeTypeOf('string');
      expect((await sendRaw(port, 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')).status).toBe(
        200,
      );
    },
    MINUTES_MS,
  );
});
