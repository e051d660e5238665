// Looking back from a shell: what a command showed then, at a desk's or from the log, with the moment said first.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { McpAgent } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';

interface Dated {
  readonly asOf: { readonly seq: number; readonly at: string };
}

describe('`brigade at`', () => {
  let scratch: Scratch;
  let ana: McpAgent;
  let held = 0;

  async function json(...args: readonly string[]): Promise<Dated & Record<string, unknown>> {
    const { code, stdout, stderr } = await scratch.brigade([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Dated & Record<string, unknown>;
  }

  beforeAll(async () => {
    scratch = new Scratch();
    ana = await scratch.agent();
    await ana.call('register', { id: 'ana' });
    await ana.call('acquire_lock', { resources: ['src/a.ts'], reason: 'moves the rule', ttlMs: 600_000 });
    const { head } = await json('status');
    held = (head as { readonly seq: number }).seq;
    await ana.call('release_lock', { all: true });
  });
  afterAll(() => scratch.close());

  it('shows what a command showed then, and says when that was', async () => {
    expect((await json('locks')).locks).toEqual([]);
    const then = await json('at', String(held), 'locks');
    expect(then).toMatchObject({ asOf: { seq: held }, locks: [{ resource: 'file:src/a.ts', alive: 'alive' }] });
    // By a time, as an ISO text and as the clock on the wall of this machine's zone.
    const zone = { TZ: 'America/New_York' };
    const { stdout } = await scratch.brigade(['at', String(held), 'locks'], { env: zone });
    const [line = ''] = stdout.split('\n');
    expect(line).toMatch(/^As of event \d+, logged \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d \(America\/New_York\)\.$/);
    const wall = /logged (\S+)/.exec(line)?.[1] ?? '';
    const second = Date.parse(then.asOf.at) - (Date.parse(then.asOf.at) % 1_000);
    const byWall = await scratch.brigade(['at', `${wall}.999`, 'locks', '--json'], { env: zone });
    const byTime = await json('at', new Date(second + 999).toISOString(), 'locks');
    expect((JSON.parse(byWall.stdout) as Dated).asOf).toEqual(byTime.asOf);
    expect(byTime.asOf.seq).toBeGreaterThanOrEqual(held);
  });

  it('is the same without a desk', async () => {
    const then = await json('at', String(held), 'status');
    expect(await json('at', String(held), 'status', '--desk', 'off')).toEqual(then);
    expect(await json('--desk', 'off', 'at', String(held), 'status')).toEqual(then);
  });

  it.each([
    [['at', '99999', 'locks'], /ends at \d+/],
    [['at', '5y', 'locks'], /is neither/],
    [['at', '1000d ago', 'locks'], /The log begins at/],
    [['at', '5', 'revoke', 'src/a.ts'], /has no past/],
    [['at', '5', 'locks', '--watch'], /only goes for the present/],
    [['at', '5', 'alerts', 'ack', '1'], /only goes for the present/],
    [['at', '5', 'locks', '--colour'], /Unknown option/],
    [['at', '5'], /missing required argument/i],
  ])('refuses %j', async (args, says) => {
    const { code, stdout, stderr } = await scratch.brigade(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });
});
