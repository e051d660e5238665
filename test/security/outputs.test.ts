// What agents say leaves the fleet in many forms: sheets, pages, reports, metrics, logs, answers of hooks, messages of commits,
// webhooks. In each of them it stays text.

import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { createPlainLogger } from '../../src/adapters/system/plain-logger.ts';
import { trailersOf } from '../../src/app/git/trailers.ts';
import { messageOf } from '../../src/core/delivery/message.ts';
import { HOOK_CLIENTS } from '../../src/surface/hook/dialects.ts';
import { callTool, converse, type Fields } from '../support/raw-mcp-http.ts';
import { HOSTILE, type HostileFleet, hostileFleet, MARK, UNSEEN } from './hostile-fleet.ts';

async function read({ url, operator }: HostileFleet, path: string, accept = '*/*'): Promise<Response> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${operator}`, accept } });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer;
}

/** Every text in a value. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe('a sheet of the history', () => {
  it('has no cell that is a formula, and one row for each fact', async () => {
    const fleet = await hostileFleet();
    const text = await (await read(fleet, '/v1/export?format=csv')).text();
    const [columns, ...rows] = parse(text) as readonly (readonly string[])[];
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.length !== columns?.length)).toEqual([]);
    const cells = rows.flat();
    expect(cells.filter((cell) => cell.includes(MARK)).length).toBeGreaterThan(3);
    expect(cells.filter((cell) => /^[=+\-@\t\r|%]/.test(cell) && !/^-?[\d.]+$/.test(cell))).toEqual([]);
  });

  it('as lines of JSON has one line for each fact', async () => {
    const fleet = await hostileFleet();
    const lines = (await (await read(fleet, '/v1/export?format=ndjson')).text()).trimEnd().split('\n');
    expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => 'object'));
    expect(lines.join('')).toContain(MARK);
  });
});

describe('pages', () => {
  it.each(['/', '/reference'])('%s holds no text of agents, and lets no script of others run', async (path) => {
    const fleet = await hostileFleet();
    const answer = await read(fleet, path, 'text/html');
    expect(await answer.text()).not.toContain(MARK);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/);
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/v1/locks', '/v1/agents', '/v1/events?after=0', '/v1/state/menu', '/v1/export?format=json'])(
    '%s is never taken for a page, whatever stands in it',
    async (path) => {
      const fleet = await hostileFleet();
      const answer = await read(fleet, path, 'text/html');
      expect(answer.headers.get('content-type')).toMatch(/^application\/(?:json|problem\+json)/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await answer.text()).toContain(MARK);
    },
  );
});

/** Two wait for each other, with reasons of the worst kind. */
async function deadlock({ app, ana, mallory }: HostileFleet): Promise<void> {
  const ask = (bearer: string, resource: string, waitMs: number) =>
    app.request('/v1/locks/acquire', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify({ resources: [resource], waitMs, reason: HOSTILE }),
    });
  for (const [bearer, resource] of [
    [ana, 'task:one'],
    [mallory, `task:two ${MARK} | <b> [x](y)`],
  ] as const)
    expect((await ask(bearer, resource, 0)).status).toBe(200);
  const both = await Promise.all([ask(mallory, 'task:one', 500), ask(ana, `task:two ${MARK} | <b> [x](y)`, 500)]);
  expect(both.map(({ status }) => status)).toContain(409);
}

describe('a report of an incident', () => {
  it('has no element, no link and no heading of an agent', async () => {
    const fleet = await hostileFleet();
    await deadlock(fleet);
    const { incidents } = (await (await read(fleet, '/v1/incidents')).json()) as {
      readonly incidents: readonly { readonly incident: number }[];
    };
    const id = incidents[0]?.incident ?? 0;
    await fleet.send('POST', `/v1/incidents/${id}/notes`, fleet.operator, { text: `# ${HOSTILE}\n<b>| a | b |` });
    const text = await (await read(fleet, `/v1/incidents/${id}/report?format=md`)).text();
    expect(text).toContain(MARK);
    expect(UNSEEN.test(text)).toBe(false);
    const outsideCode = text.replaceAll(/`[^`\n]*`/g, '');
    expect(outsideCode).not.toMatch(/<(?!br>)[a-z/!]/i);
    expect(outsideCode).not.toMatch(/(?<!\\)\]\(/);
    expect(text.split('\n').filter((line) => /^#+ .*EVIL/.test(line) && !line.startsWith('### `'))).toEqual([]);
  });
});

describe('metrics', () => {
  it('have no name and no label of an agent', async () => {
    const fleet = await hostileFleet();
    const text = await (await read(fleet, '/metrics')).text();
    expect(text).not.toContain(MARK);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines.length).toBeGreaterThan(50);
    const odd = lines.filter(
      (line) => !/^[a-z_][a-z0-9_]*(?:\{(?:[a-z_]+="[\w.+ -]*",?)*\})? [\d.eE+-]+(?:NaN)?$/.test(line),
    );
    expect(odd).toEqual([]);
  });
});

describe('a log', () => {
  it('has one line for each thing that is logged, and nothing that repaints a terminal', () => {
    const lines: string[] = [];
    const logger = createPlainLogger('debug', (line) => void lines.push(line));
    logger.child({ agent: HOSTILE }).error({ err: new Error(HOSTILE), reason: HOSTILE, list: [HOSTILE] }, 'told');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
    expect(UNSEEN.test(lines[0] ?? '')).toBe(false);
    expect(lines[0]).toContain(MARK);
  });
});

describe('what agents hear', () => {
  it.each(HOOK_CLIENTS)('of a hook of %s is one text, and shows what is in the way', async (client) => {
    const fleet = await hostileFleet();
    const tool = { gemini: 'write_file', codex: 'apply_patch', vscode: 'editFiles' }[client] ?? 'Write';
    const input = {
      hook_event_name: client === 'gemini' ? 'BeforeTool' : 'PreToolUse',
      session_id: 's1',
      conversation_id: 's1',
      cwd: fleet.root,
      tool_name: tool,
      tool_input: {
        file_path: `${fleet.root}/src/a.ts`,
        command: '*** Begin Patch\n*** Update File: src/a.ts\n+b\n*** End Patch',
      },
    };
    const said = textsIn(await fleet.send('POST', `/hooks/${client}`, '', input));
    expect(said.some((text) => text.includes('mallory') && text.includes(MARK))).toBe(true);
    expect(said.filter((text) => UNSEEN.test(text))).toEqual([]);
  });

  it('of tools over MCP shows no text of others that hides or turns', async () => {
    const fleet = await hostileFleet();
    const id = await converse(fleet.url);
    const call = async (name: string, args: Fields): Promise<readonly string[]> => {
      const { message } = await callTool(fleet.url, name, args, { bearer: fleet.ana, id });
      const content = (message?.result?.content ?? []) as readonly { readonly text: string }[];
      expect([name, content.length > 0]).toEqual([name, true]);
      return content.map(({ text }) => text);
    };
    const sentences = (
      await Promise.all([
        call('list_locks', {}),
        call('fleet_status', {}),
        call('diagnose', {}),
        call('acquire_lock', { resources: ['repo:src/a.ts'], waitMs: 0 }),
      ])
    ).flat();
    expect(sentences.join('')).toContain('mallory');
    expect(sentences.filter((text) => UNSEEN.test(text))).toEqual([]);
  });
});

describe('the message of a commit', () => {
  it('gets one line for each lease, whatever the file is called', () => {
    const session = { agentId: 'ana', sessionId: 's' };
    const key = `file:@${'0'.repeat(22)}/a\u202e\u200b.ts`;
    const lines = trailersOf(
      { kind: 'agent', sessions: [session] } as unknown as Parameters<typeof trailersOf>[0],
      [{ resource: key, token: 7 }] as unknown as Parameters<typeof trailersOf>[1],
      '0'.repeat(22),
    );
    expect(lines?.map((line) => [line.split(': ')[0], UNSEEN.test(line)])).toEqual([
      ['Brigade-Agent', false],
      ['Brigade-Lease', false],
    ]);
  });
});

describe('a webhook', () => {
  it('says its sentence in one line, as JSON, under an id without a text of anybody', () => {
    const event = {
      type: 'alert.opened',
      version: 1,
      seq: 7,
      at: 7,
      wallAt: '2025-11-19T23:25:00.000Z',
      actor: 'brigade',
      hash: 'a'.repeat(64),
      code: 'paused_agent',
      severity: 'warning',
      subject: 'mallory',
      agents: ['mallory'],
      resources: [],
      text: HOSTILE,
      next: HOSTILE,
      evidence: [],
    } as unknown as Parameters<typeof messageOf>[2];
    const row = { target: 'ops', message: 7, subject: 'mallory', code: 'paused_agent', severity: 'warning' };
    const { id, body, sentence } = messageOf('f_1', row as unknown as Parameters<typeof messageOf>[1], event);
    expect(id).toMatch(/^[\w-]+$/);
    expect(body).not.toMatch(/[\r\n]/);
    expect(JSON.parse(body)).toMatchObject({ data: { code: 'paused_agent' } });
    expect(UNSEEN.test(sentence)).toBe(false);
  });
});
