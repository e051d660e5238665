import { describe, expect, it } from 'vitest';
import { restRig } from '../../../test/support/rest-rig.ts';

/** What a path takes, in the words of `Allow`. */
const PATHS = [
  ['/v1/fleet', 'GET, HEAD, OPTIONS'],
  ['/v1/sessions', 'GET, HEAD, OPTIONS, POST'],
  ['/v1/sessions/current', 'DELETE, OPTIONS'],
  ['/v1/locks/src/a.ts', 'GET, HEAD, OPTIONS'],
  ['/v1/locks/acquire', 'GET, HEAD, OPTIONS, POST'],
  ['/v1/state/a/b', 'GET, HEAD, OPTIONS, PUT'],
  ['/v1/agents/ana/pause', 'OPTIONS, POST'],
  ['/v1/stream', 'GET, HEAD, OPTIONS'],
  ['/auth', 'GET, HEAD, OPTIONS'],
  ['/auth/code', 'OPTIONS, POST'],
  ['/auth/token', 'OPTIONS, POST'],
  ['/mcp', 'DELETE, GET, OPTIONS, POST'],
  ['/', 'GET, HEAD, OPTIONS'],
  ['/healthz', 'GET, HEAD, OPTIONS'],
  ['/metrics', 'GET, HEAD, OPTIONS'],
  ['/openapi.json', 'GET, HEAD, OPTIONS'],
] as const;

describe('a path that is there, asked with another method', () => {
  it.each(PATHS)('%s says that it takes %s', async (path, allowed) => {
    const { ask } = await restRig();
    for (const method of ['PATCH', 'PUT', 'POST', 'DELETE'].filter((each) => !allowed.includes(each))) {
      const { status, headers, body } = await ask(method, path);
      expect([method, status, headers.get('allow')]).toEqual([method, 405, allowed]);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(body).toMatchObject({ code: 'METHOD_NOT_ALLOWED', status: 405, retry: 'never', details: { method } });
      expect(body.next).toContain('/openapi.json');
    }
  });

  it('is asked by OPTIONS what it takes', async () => {
    const { ask } = await restRig();
    for (const [path, allowed] of PATHS) {
      const { status, headers, text } = await ask('OPTIONS', path);
      expect([path, status, headers.get('allow'), text]).toEqual([path, 204, allowed, '']);
    }
  });

  it('answers HEAD as GET without the body, and refuses it where there is no GET', async () => {
    const { ask } = await restRig();
    for (const path of ['/healthz', '/v1/fleet', '/v1/policy', '/openapi.json', '/metrics']) {
      const [head, get] = [await ask('HEAD', path), await ask('GET', path)];
      expect([path, head.status, head.text]).toEqual([path, 200, '']);
      for (const name of ['content-type', 'cache-control'])
        expect([path, head.headers.get(name)]).toEqual([path, get.headers.get(name)]);
    }
    for (const path of ['/v1/agents/ana/pause', '/mcp']) {
      const { status, headers, text } = await ask('HEAD', path);
      expect([path, status, text]).toEqual([path, 405, '']);
      expect(headers.get('allow')).not.toContain('HEAD');
    }
  });
});

describe('a path that is not there', () => {
  it.each(['GET', 'HEAD', 'POST', 'OPTIONS', 'PATCH'])('is not there for %s either', async (method) => {
    const { ask } = await restRig();
    const { status, headers } = await ask(method, '/v1/cooks');
    expect([status, headers.get('allow')]).toEqual([404, null]);
  });
});
