// The drill itself, with its real processes: what `brigade drill` shows. Small casts, so that it takes seconds.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DrillReport } from '../../src/surface/cli/drill/report/report.ts';
import { DrillFolder, type DrillRun } from '../support/drill-run.ts';
import { waitUntil } from '../support/wait-until.ts';

let folder: DrillFolder;

beforeEach(() => {
  folder = new DrillFolder();
});

afterEach(() => folder.remove());

function drill(args: readonly string[], env: Readonly<Record<string, string>> = {}): DrillRun {
  return folder.run(['too-many-cooks', '--seed', '7', '--agents', '4', ...args], env);
}

const SLOW_MS = 180_000;

describe.skipIf(process.platform === 'win32')('brigade drill', () => {
  it(
    'rehearses the night with real processes, keeps every promise and leaves nothing behind',
    async () => {
      const { stdout, stderr, ended } = drill(['--json']);
      const code = await ended;
      const report = JSON.parse(stdout()) as DrillReport;
      // How fast it was is for the drill and the bench to judge: here other tests may be at work beside it.
      expect(report.promises.filter(({ kept, late }) => !kept && late !== true)).toEqual([]);
      const isInTime = report.promises.every(({ kept }) => kept);
      expect(code).toBe(isInTime ? 0 : 1);
      expect(report).toMatchObject({ drill: 'too-many-cooks', ok: isInTime, seed: 7, stoppedBy: null });
      expect(Object.keys(report)).toEqual([
        'drill',
        'ok',
        'seed',
        'startedAt',
        'tookMs',
        'scale',
        'stoppedBy',
        'figures',
        'story',
        'agents',
        'timeline',
        'thenAndNow',
        'promises',
      ]);
      expect(report.figures).toMatchObject({ overlaps: 0, grantsOutOfTurn: 0, staleWritesRefused: 1, staleRefused: 3 });
      expect(report.figures.updatesKept).toBe(report.figures.updatesMade);
      expect(report.agents.map(({ agentId, made, quota }) => [agentId, made, quota])).toEqual([
        ['claude_chat_1', 28, 28],
        ['composer_cursor_v1.0.3', 15, 15],
        ['claude_code_cli_discovery', 2, 2],
        ['test_agent_1', expect.any(Number), expect.any(Number)],
      ]);
      expect(report.timeline.flatMap(({ hour }) => hour ?? [])).toEqual([
        '23:25',
        '23:50',
        '23:52',
        '00:25',
        '00:30',
        '01:00',
      ]);
      expect(stderr()).toContain('claude_chat_1 is passed over');
      expect(folder.leftOver()).toEqual([]);
      expect(folder.processesLeft()).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'ends with 1 and names the promises when an agent writes without asking',
    async () => {
      const { stdout, stderr, ended } = drill(['--keep'], { BRIGADE_DRILL_BREAK: 'composer_cursor_v1.0.3:2' });
      expect(await ended).toBe(1);
      expect(stdout()).toMatch(/promises broken: .*one-at-a-time.*nothing-lost/);
      expect(stdout()).toMatch(/FAIL {2}No two agents are ever inside the same file/);
      expect(folder.leftOver()).toHaveLength(1);
      expect(stderr()).toContain(`Kept: ${join(folder.path, folder.leftOver()[0] ?? '')}`);
    },
    SLOW_MS,
  );

  it(
    'is ended by Ctrl-C while a holder stands still, with everything it started',
    async () => {
      const run = drill([]);
      await waitUntil('a holder to stand still', () => run.stdout().includes('stands still'), {
        withinMs: SLOW_MS / 2,
      });
      run.signal('SIGINT');
      expect(await run.ended).toBe(130);
      expect(run.stderr()).toContain('ended early');
      expect(folder.leftOver()).toEqual([]);
      await waitUntil('its processes to be gone', () => folder.processesLeft().length === 0);
    },
    SLOW_MS,
  );

  it(
    'leaves no process behind, and none stopped, when it is killed itself',
    async () => {
      const run = drill([]);
      await waitUntil('a holder to stand still', () => run.stdout().includes('stands still'), {
        withinMs: SLOW_MS / 2,
      });
      run.signal('SIGKILL');
      await run.ended;
      await waitUntil('its processes to be gone', () => folder.processesLeft().length === 0, { withinMs: 30_000 });
      expect(folder.processesLeft()).toEqual([]);
    },
    SLOW_MS,
  );

  it('says what it takes', async () => {
    const few = drill(['--agents', '3']);
    expect(await few.ended).toBe(2);
    expect(few.stderr()).toContain('It takes 4 to 32 agents');
    const memory = drill(['--store', 'memory:']);
    expect(await memory.ended).toBe(2);
    expect(memory.stderr()).toContain('--store');
  });
});
