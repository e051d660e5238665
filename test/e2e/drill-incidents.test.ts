// Each drill of one incident, with its real processes and few agents: judged by its exit code and by what it says of itself.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DrillOutcome } from '../../src/surface/cli/drill/incidents/outcome.ts';
import { DrillFolder } from '../support/drill-run.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

const SLOW_MS = 180_000;
const isWindows = process.platform === 'win32';

let folder: DrillFolder;

beforeEach(() => {
  folder = new DrillFolder();
});

afterEach(() => folder.remove());

interface Expected {
  readonly name: string;
  readonly agents: number;
  readonly alert: string;
  /** Of the finding that comes first; null: all is well by then. */
  readonly explained: string | null;
  readonly blocked: number;
  readonly promises: readonly string[];
  /** The likeliest cause of the report that the fleet itself writes; null: it opens no incident. */
  readonly cause: string | null;
}

const drills: readonly Expected[] = [
  {
    name: 'deadlock-ring',
    agents: 3,
    alert: 'deadlock',
    explained: 'silent_holder',
    blocked: 3,
    promises: ['told', 'old-token', 'report'],
    cause: 'deadlock',
  },
  {
    name: 'retry-storm',
    agents: 3,
    alert: 'suspected_deadlock',
    explained: 'suspected_deadlock',
    blocked: 3,
    promises: ['told-to-queue', 'answered', 'asked', 'report'],
    cause: 'suspected_deadlock',
  },
  {
    name: 'desk-death',
    agents: 3,
    alert: 'session_lost',
    explained: null,
    blocked: 1,
    promises: ['goes-on', 'no-errors', 'report'],
    cause: 'session_lost',
  },
  {
    name: 'identity-collision',
    agents: 3,
    alert: 'identity_collision',
    explained: 'identity_collision',
    blocked: 2,
    promises: ['siblings', 'warned', 'unharmed'],
    cause: null,
  },
  {
    name: 'silent-holder',
    agents: 4,
    alert: 'silent_holder',
    explained: 'silent_holder',
    blocked: 3,
    promises: ['one-at-a-time', 'fair-line', 'old-token', 'report'],
    cause: 'silent_holder',
  },
  {
    name: 'disk-full',
    agents: 2,
    alert: 'store_trouble',
    explained: 'store_problem',
    blocked: 2,
    promises: ['told', 'reads-go-on', 'values-kept', 'report'],
    cause: 'store_trouble',
  },
  {
    name: 'clock-jump',
    agents: 2,
    alert: 'clock_trouble',
    explained: null,
    blocked: 1,
    promises: ['nothing-expires', 'tokens-hold', 'it-jumped'],
    cause: null,
  },
];

describe.skipIf(isWindows)('brigade drill', () => {
  it.each(drills)(
    '$name keeps what it promises, and leaves nothing behind',
    async ({ name, agents, alert, explained, blocked, promises, cause }) => {
      const { stdout, ended } = folder.run([name, '--agents', String(agents), '--json']);
      const code = await ended;
      const outcome = JSON.parse(stdout()) as DrillOutcome;
      const { score } = outcome;
      // How fast it was is for the drill and the bench to judge: here other tests may be at work beside it.
      const judged = [...score.marks, ...outcome.promises];
      expect(judged.filter(({ kept, late }) => !kept && late !== true)).toEqual([]);
      const isInTime = judged.every(({ kept }) => kept);
      expect(outcome).toMatchObject({ drill: name, ok: isInTime, stoppedBy: null });
      expect(code).toBe(isInTime ? 0 : 1);
      expect(score.marks.map(({ id }) => id)).toEqual(['detected', 'explained', 'freed', 'lost']);
      expect(score.detected?.alert).toBe(alert);
      expect(score.explained?.code).toBe(explained);
      expect(score.freed).toMatchObject({ blocked, freed: blocked });
      expect(score.lost).toMatchObject({ lost: 0 });
      expect(outcome.promises.map(({ id }) => id)).toEqual(promises);
      expect(outcome.incidents[0]?.cause?.code ?? null).toBe(cause);
      expect(folder.leftOver()).toEqual([]);
      expect(folder.processesLeft()).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'ends with 1 and says what was not kept when people are told nothing',
    async () => {
      const run = folder.run(['silent-holder', '--agents', '2', '--json'], { BRIGADE_DRILL_BREAK: 'detection' });
      expect(await run.ended).toBe(1);
      const outcome = JSON.parse(run.stdout()) as DrillOutcome;
      expect(outcome.ok).toBe(false);
      expect(outcome.verdict).toBe('Not kept: detected, explained, freed, one-at-a-time, old-token, report.');
      expect(outcome.score.lost).toMatchObject({ lost: 0 });
    },
    SLOW_MS,
  );

  it(
    'tells people what happens, and writes the report of the fleet itself',
    async () => {
      const { stdout, stderr, ended } = folder.run(['silent-holder', '--agents', '2', '--report', 'out.md']);
      expect(await ended).toBe(0);
      const text = stdout();
      expect(text).toMatch(/ALERT silent_holder: ana holds file:src\/governance_core\.py/);
      expect(text).toMatch(/✓ detected {3}/);
      expect(text).toMatch(/✓ lost {7}0 /);
      expect(text).toContain('Thresholds are shortened');
      expect(text).not.toContain('file:@');
      expect(stderr()).toContain(`Its report: ${join(folder.path, 'out.md')}`);
      expect(readFileSync(join(folder.path, 'out.md'), 'utf8')).toMatch(/^# Incident 1: /);
    },
    SLOW_MS,
  );

  it(
    'is ended by Ctrl-C with everything it started',
    async () => {
      const run = folder.run(['silent-holder', '--agents', '2', '--report', 'out.md']);
      await waitUntil('somebody to wait', () => /stands? in line/.test(run.stdout()), { withinMs: SLOW_MS / 2 });
      run.signal('SIGINT');
      expect(await run.ended).toBe(130);
      expect(folder.leftOver()).toEqual([]);
      expect(existsSync(join(folder.path, 'out.md'))).toBe(false);
      await waitUntil('its processes to be gone', () => folder.processesLeft().length === 0);
    },
    SLOW_MS,
  );
});

it('what a drill makes wrong in its own processes is nothing that a setting can do to brigade', async () => {
  const scratch = new Scratch();
  try {
    const faults = join(folder.path, 'faults.json');
    writeFileSync(faults, JSON.stringify({ isFull: true, wallOffsetMs: 86_400_000 }));
    const env = { BRIGADE_DRILL_FAULTS: faults };
    const acquired = await scratch.brigade(['acquire', 'task:a', '--json'], { env });
    expect(acquired).toMatchObject({ code: 0, stderr: '' });
    const put = await scratch.brigade(['state', 'put', 'k', JSON.stringify('x'.repeat(20_000)), '--if-version', '0'], {
      env,
    });
    expect(put).toMatchObject({ code: 0 });
    const spanMs = (await scratch.events()).map(({ wallAt }) => Math.abs(Date.parse(wallAt) - Date.now()));
    expect(Math.max(...spanMs)).toBeLessThan(3_600_000);
  } finally {
    await scratch.close();
  }
}, 60_000);

describe('brigade drill --list', () => {
  it('says of each drill what it rehearses, what it needs and how long it takes', async () => {
    const { stdout, ended } = folder.run(['--list', '--json']);
    expect(await ended).toBe(0);
    const { drills: listed } = JSON.parse(stdout()) as { readonly drills: readonly Record<string, unknown>[] };
    expect(listed.map(({ name }) => name)).toEqual(['too-many-cooks', ...drills.map(({ name }) => name)]);
    for (const drill of listed) {
      expect(Object.keys(drill)).toEqual(['name', 'title', 'rehearses', 'needs', 'takesMs', 'agents']);
      expect(Object.keys(drill.agents as object)).toEqual(['least', 'usual', 'most']);
    }
    const shown = folder.run(['--list']);
    expect(await shown.ended).toBe(0);
    for (const { name } of drills) expect(shown.stdout()).toContain(`  ${name} `);
  });

  it('refuses what it cannot do, and says what it can', async () => {
    writeFileSync(join(folder.path, 'there.md'), '');
    const refusals: readonly (readonly [readonly string[], string])[] = [
      [['no-such-drill'], 'brigade drill --list'],
      [['silent-holder', '--agents', '1'], 'It takes 2 to 32 agents'],
      [['silent-holder', '--report', 'there.md'], 'exists already'],
      [['too-many-cooks', '--report', 'out.md'], 'its own report'],
      [['silent-holder', '--store', 'memory:'], '--store'],
    ];
    for (const [args, says] of refusals) {
      const { stderr, ended } = folder.run(args);
      expect(await ended).toBe(2);
      expect(stderr()).toContain(says);
    }
  });
});
