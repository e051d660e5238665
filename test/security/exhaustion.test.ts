// One program of the host, or one agent, asks for as much as it may of what costs most: the others are answered meanwhile, what it
// asks for has a bound, and it is told.

import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import { hostileFleet } from './hostile-fleet.ts';

/** Once each of these kept a server busy for seconds to hours. */
const SLOW: readonly string[] = [
  '{'.repeat(65_000),
  ['$', '{'].join('').repeat(32_000),
  '$(('.repeat(21_000),
  `apply_patch <<'E'\n*** Update File: a${' '.repeat(60_000)}b\nE`,
];

describe('work that costs much', () => {
  it('is done for whoever asks, while others are answered', async () => {
    const fleet = await hostileFleet();
    const hook = (command: string) =>
      fleet.send('POST', '/hooks/claude-code', '', {
        hook_event_name: 'PreToolUse',
        session_id: 'evil',
        cwd: fleet.root,
        tool_name: 'Bash',
        tool_input: { command },
      });
    const costly = SLOW.map(hook);
    expect((await fetch(`${fleet.url}/readyz`)).status).toBe(200);
    expect(
      await fleet.send('POST', '/v1/locks/acquire', fleet.ana, { resources: ['task:meanwhile'], waitMs: 0 }),
    ).toMatchObject({ status: 'granted' });
    expect((await Promise.all(costly)).map((answer) => typeof answer)).toEqual(SLOW.map(() => 'object'));
  });

  it('is a pattern against a pattern, decided all the same', async () => {
    const fleet = await hostileFleet();
    const held = `${'**/'.repeat(80)}held`;
    const take = (bearer: string, name: string) =>
      fleet.send('POST', '/v1/locks/acquire', bearer, { resources: [name], waitMs: 0 });
    expect(await take(fleet.mallory, `repo:${held}`)).toMatchObject({ status: 'granted' });
    expect(await take(fleet.ana, `repo:${'**/'.repeat(80)}other`)).toMatchObject({ status: 'granted' });
  });
});

describe('what is asked for in one call', () => {
  it('has a bound of which whoever asks hears', async () => {
    const { app, mallory } = await hostileFleet();
    const code = async (path: string, body: object): Promise<unknown> => {
      const answer = await app.request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${mallory}` },
        body: JSON.stringify(body),
      });
      return ((await answer.json()) as { readonly code: unknown }).code;
    };
    const many = Array.from({ length: 257 }, (_, i) => `task:${i}`);
    expect(await code('/v1/locks/acquire', { resources: many, waitMs: 0 })).toBe('TOO_MANY_RESOURCES');
    expect(
      await code('/v1/locks/acquire', { resources: ['task:x'], waitMs: 0, reason: 'x'.repeat(LIMITS.textBytes + 1) }),
    ).toBe('TOO_LARGE');
    expect(await code('/v1/messages', { to: 'ana', type: 'info', text: 'x'.repeat(LIMITS.textBytes + 1) })).toBe(
      'TOO_LARGE',
    );
    expect(await code('/v1/locks/acquire', { resources: [`task:${'x'.repeat(600)}`], waitMs: 0 })).toBe(
      'INVALID_RESOURCE',
    );
    expect(await code('/v1/locks/acquire', { resources: ['x'.repeat(20_000)], waitMs: 0 })).toMatch(
      /^(TOO_LARGE|INVALID_RESOURCE)$/,
    );
  });
});
