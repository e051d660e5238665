// A fleet in a scratch folder and hooks that are called as clients call them: from the client's input to the client's output,
// with the real fleet between.

import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { answerHook } from '../../src/app/hook/answer-hook.ts';
import { clock, type Fleet, hookPortsOf, ids, openFleet, prepareHost } from '../../src/compose.ts';
import type { Command } from '../../src/core/command.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import type { Answer } from '../../src/core/reply.ts';
import { resourceText } from '../../src/core/view/resource-text.ts';
import { dialectOf } from '../../src/surface/hook/dialects.ts';
import { type HookResult, runHook } from '../../src/surface/hook/run-hook.ts';
import { type Decided, decidedBy, OUTPUT_FORMATS } from './output-formats.ts';

export interface HookRig {
  readonly root: string;
  readonly fleet: Fleet;
  /** Calls the hook of a client; its output is held against the client's format. */
  readonly hook: (client: string, input: unknown, fail?: 'open' | 'closed') => Promise<Decided>;
  readonly run: (client: string, text: string, fail?: 'open' | 'closed') => Promise<HookResult>;
  /** Resources by the number of the client session that holds them; those of others by agent. */
  readonly held: () => Promise<Readonly<Record<string, string>>>;
  readonly adopt: (policy: Policy) => Promise<void>;
  readonly events: (type: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Everything is closed and removed when the test is over. */
export async function hookRig(policy: Policy = {}): Promise<HookRig> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'brigade-hooks-')));
  const root = join(base, 'kitchen');
  await mkdir(join(root, '.brigade'), { recursive: true, mode: 0o700 });
  await mkdir(join(root, 'src'));
  const env = { HOME: base, XDG_STATE_HOME: join(base, 'state') };
  const flags = { root, durability: 'process', logLevel: 'error', desk: 'off' };
  const host = await prepareHost({ flags, env, folder: root, stays: true });
  const fleet = await openFleet(host, { kind: 'serve' });
  onTestFinished(async () => {
    await fleet.close();
    await rm(base, { recursive: true, force: true, maxRetries: 5 });
  });
  const run: HookRig['run'] = (client, text, fail) => {
    const dialect = dialectOf(client);
    if (dialect === null) throw new Error(`no dialect of ${client}`);
    return runHook({
      options: { dialect, fail: fail ?? null, root: undefined, agent: undefined, purpose: undefined },
      text,
      folder: root,
      ask: (call, caller) => answerHook(hookPortsOf(fleet), call, { ...caller, pid: null }),
    });
  };
  const hook: HookRig['hook'] = async (client, input, fail) => {
    const { json, exitCode } = await run(client, JSON.stringify(input), fail);
    expect(exitCode).toBe(0);
    expect(OUTPUT_FORMATS[client]?.safeParse(json).error?.issues ?? []).toEqual([]);
    return decidedBy(json);
  };
  const held: HookRig['held'] = async () => {
    const { items: sessions } = await fleet.coordinator.view({ kind: 'sessions' });
    const { items: locks } = await fleet.coordinator.view({ kind: 'locks' });
    const worktree = (await fleet.worktree()).id;
    return Object.fromEntries(
      locks.flatMap(({ resource, holder }) => {
        const session = sessions.find(({ sessionId }) => sessionId === holder?.sessionId);
        if (holder === null || session === undefined) return [];
        return [[resourceText(resource, worktree), session.clientSession ?? holder.agentId]];
      }),
    );
  };
  const adopt: HookRig['adopt'] = async (content) => {
    await submit(fleet, { op: 'adopt_policy', policy: content, reason: 'test' });
  };
  const events: HookRig['events'] = async (type) => {
    const found: Readonly<Record<string, unknown>>[] = [];
    for await (const event of fleet.coordinator.feed({ after: 0, once: true }))
      if (event.type === type) found.push({ ...event });
    return found;
  };
  await fleet.coordinator.found();
  if (Object.keys(policy).length > 0) await adopt(policy);
  return { root, fleet, hook, run, held, adopt, events };
}

type Ask = Command extends infer C ? (C extends Command ? Omit<C, 'by' | 'requestId' | 'bodyHash'> : never) : never;

async function submit({ coordinator }: Fleet, ask: Ask): Promise<Answer> {
  const by = { kind: 'operator', name: 'test', proof: 'terminal' } as const;
  const command = { ...ask, by, requestId: ids.newId('req'), bodyHash: String(clock.monotonicMs()) } as Command;
  return (await coordinator.submit(command)).answer;
}

/** Pauses the agent of a client session. */
export async function pauseSession(fleet: Fleet, clientSession: string): Promise<void> {
  const { items } = await fleet.coordinator.view({ kind: 'sessions' });
  const agentId = items.find((session) => session.clientSession === clientSession)?.agentId ?? '';
  await submit(fleet, { op: 'pause', agentId, reason: 'it should look up' });
}
