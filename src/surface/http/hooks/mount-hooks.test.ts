// Hooks over HTTP: the same inputs and the same answers as of `brigade-hook`, for the session that the client names or for the
// one whose handle is shown.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { restRig } from '../../../../test/support/rest-rig.ts';

async function hookRig() {
  const rig = await restRig();
  const { root } = rig.fleet.host.workspace;
  const edit = (session: string, path: string) => ({
    session_id: session,
    cwd: root,
    hook_event_name: 'PreToolUse',
    tool_name: 'Edit',
    tool_input: { file_path: join(root, path) },
  });
  const hook = (body: unknown, ask: { readonly bearer?: string; readonly client?: string } = {}) =>
    rig.ask('POST', `/hooks/${ask.client ?? 'claude-code'}`, {
      body,
      ...(ask.bearer === undefined ? {} : { bearer: ask.bearer }),
    });
  return { ...rig, edit, hook };
}

const DENIED = { hookSpecificOutput: { permissionDecision: 'deny' } };

describe('POST /hooks/{client}', () => {
  it('leases what is edited to the session that the client names, until that ends', async () => {
    const { hook, edit, ask } = await hookRig();
    expect(await hook(edit('one', 'src/a.ts'))).toMatchObject({ status: 200, text: '{}' });
    expect(await hook(edit('two', 'src/a.ts'))).toMatchObject({ status: 200, body: DENIED });
    expect(await hook(edit('one', 'src/a.ts'))).toMatchObject({ status: 200, text: '{}' });
    await hook({ session_id: 'one', hook_event_name: 'SessionEnd', reason: 'other' });
    expect(await hook(edit('two', 'src/a.ts'))).toMatchObject({ status: 200, text: '{}' });
    expect((await ask('GET', '/v1/sessions')).body).toMatchObject({ sessions: [{ clientSession: 'two' }] });
  });

  it('acts for the session whose handle is shown', async () => {
    const { hook, edit, register, acquire, ask } = await hookRig();
    const bearer = await register('ana');
    await acquire(bearer, 'src/a.ts');
    expect(await hook(edit('one', 'src/a.ts'), { bearer })).toMatchObject({ status: 200, text: '{}' });
    expect(await hook(edit('one', 'src/a.ts'))).toMatchObject({ status: 200, body: DENIED });
    expect((await ask('GET', '/v1/agents')).body).toMatchObject({ total: 2 });
  });

  it('understands its client by any of its names, and no other', async () => {
    const { hook, edit } = await hookRig();
    expect(await hook(edit('one', 'src/a.ts'), { client: 'claude' })).toMatchObject({ status: 200, text: '{}' });
    const unknown = await hook(edit('one', 'src/a.ts'), { client: 'emacs' });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'UNKNOWN_ROUTE' } });
    expect(unknown.body.next).toContain('/hooks/claude-code');
  });

  it.each([[[]], ['text'], [null]])('refuses %j, which no client sends', async (body) => {
    const { hook } = await hookRig();
    expect(await hook(body)).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
  });

  it('fails the way that is asked for', async () => {
    const { edit, ask, fleet } = await hookRig();
    await fleet.close();
    const asked = (query: string) => ask('POST', `/hooks/claude-code${query}`, { body: edit('one', 'src/a.ts') });
    expect((await asked('')).body.systemMessage).toContain('fail open');
    expect((await asked('?fail=closed')).body).toMatchObject(DENIED);
  });
});
