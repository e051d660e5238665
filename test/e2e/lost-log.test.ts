// The log is deleted under a fleet: by hand, and by git. Nobody is granted on what was deleted, no token comes twice, whoever
// asks hears what happened and how it goes on, and it does go on.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BOTH_WAYS } from '../support/both-ways.ts';
import type { McpAgent, ToolAnswer } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

const ways = [
  ['rm -rf .brigade', (scratch: Scratch) => rmSync(join(scratch.root, '.brigade'), { recursive: true, maxRetries: 5 })],
  ['git clean -fdx', (scratch: Scratch) => clean(scratch)],
] as const;

/** Numbers of an epoch begin at its multiple of this. */
const EPOCH = 2 ** 40;

/** Git warns and fails where the folder fills again while it is emptied; the log is gone all the same. */
function clean(scratch: Scratch): void {
  try {
    scratch.git('clean', '-fdxq');
  } catch (error) {
    if (!/not empty/.test(String(error))) throw error;
  }
}

let scratch: Scratch;
afterEach(() => scratch.close());

function ask(agent: McpAgent, resource: string): Promise<ToolAnswer> {
  return agent.call('acquire_lock', { resources: [resource], waitMs: 0 });
}

/** Calls until something else than the loss is heard. Each process hears of the loss once, by the first that asks it. */
async function untilSettled(call: () => Promise<ToolAnswer>): Promise<readonly ToolAnswer[]> {
  const heard: ToolAnswer[] = [];
  await waitUntil('an answer that is not the loss', async () => {
    heard.push(await call());
    return heard.at(-1)?.told.code !== 'STORE_REGRESSED';
  });
  return heard;
}

const WAYS = ways.flatMap(([name, remove]) => BOTH_WAYS.map(({ how, env }) => ({ name, remove, how, env })));

describe.each(WAYS)('$name, $how', ({ remove, env }) => {
  it('with three live processes: what they know goes on in a new epoch', async () => {
    scratch = new Scratch({ env });
    const [ana, bo, cleo] = (await scratch.agents(['ana', 'bo', 'cleo'])) as [McpAgent, McpAgent, McpAgent];
    const held = await ana.acquire('src/a.ts');
    const { answer: waiting } = await cleo.stand('src/a.ts', 20_000);
    remove(scratch);

    // Whoever asks first is refused; where the log was put right before anybody asked, it is a notice.
    const heard = await untilSettled(() => ask(bo, 'src/a.ts'));
    expect(heard.map(({ text }) => text).join(' ')).toMatch(/STORE_REGRESSED: .*removed.*new epoch.*larger/);
    expect(heard.at(-1)?.told.code).toBe('LEASE_HELD');

    const other = (await ask(bo, 'src/b.ts')).told.leases?.[0];
    expect(other?.token).toBeGreaterThan(EPOCH);
    // Her grant is known to those who were there, so her token still holds.
    const leases = [{ resource: held.resource, token: held.token }];
    const released = (await untilSettled(() => ana.call('release_lock', { leases }))).at(-1);
    expect(released?.told.released).toEqual(leases);
    expect((await waiting).text).toMatch(/^Granted/);
    expect((await waiting).told.leases?.[0]?.token).toBeGreaterThan(EPOCH);
    expect(epochs(await scratch.events())).toEqual([1]);
  });

  it('with nobody alive: granting rests until nobody can believe any more, or an operator says so', async () => {
    scratch = new Scratch({ env });
    const [ana] = await scratch.agents(['ana']);
    const held = await ana?.acquire('src/a.ts');
    await ana?.close();
    remove(scratch);

    // All of them look before the first one asks.
    const agents = await Promise.all([scratch.agent(), scratch.agent(), scratch.agent()]);
    await Promise.all(agents.map((agent) => agent.call('fleet_status')));
    for (const agent of agents) {
      const { told, text } = await ask(agent, 'src/a.ts');
      expect(told.code).toBe('STORE_REGRESSED');
      expect(text).toMatch(/since \d{4}-\d\d-\d\dT.*is empty now\. Granting goes on by itself in \d+ s/);
      expect(told.retryAfterMs).toBeGreaterThan(0);
      expect(told.retryAfterMs).toBeLessThanOrEqual(300_000);
    }
    expect(epochs(await scratch.events())).toEqual([1]);

    await resumeByOperator();
    const after = (await ask(agents[0], 'src/a.ts')).told.leases?.[0];
    expect(after?.token).toBeGreaterThan(EPOCH + (held?.token ?? 0));
  });
});

async function resumeByOperator(): Promise<void> {
  const made = await scratch.brigade(['token', 'operator', '--force', '--json']);
  const { token } = JSON.parse(made.stdout) as { readonly token: string };
  const repaired = await scratch.brigade(['store', 'repair', '--reason', 'nobody was here'], {
    env: { BRIGADE_OPERATOR_TOKEN: token },
  });
  if (repaired.code !== 0) throw new Error(repaired.stderr);
}

function epochs(events: readonly { readonly type: string; readonly seq: number }[]): readonly number[] {
  return events.filter(({ type }) => type === 'epoch.started').map(({ seq }) => Math.floor(seq / EPOCH));
}
