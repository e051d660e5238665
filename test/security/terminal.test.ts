// Texts of agents, names of files and authors of commits reach terminals of people: nothing of them repaints, renames or
// scrolls a terminal, ends a line, turns a direction or hides. Every command that shows something is run.

import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/surface/cli/command-table.ts';
import type { Look, Screen } from '../../src/surface/cli/output/screen.ts';
import { runProgram } from '../../src/surface/cli/program.ts';
import { HOSTILE, type HostileFleet, hostileFleet, MARK, UNSEEN } from './hostile-fleet.ts';

/** Each command that prints what others wrote, with what makes it show most of it. */
const SHOWN: Readonly<Record<string, readonly (readonly string[])[]>> = {
  status: [[]],
  locks: [[], ['file:src/a.ts']],
  agents: [[], ['--all']],
  waits: [[]],
  diagnose: [[], ['mallory'], ['src/a.ts']],
  at: [
    ['10000', 'status'],
    ['10000', 'locks'],
  ],
  watch: [['--from', '1', '--once']],
  alerts: [[]],
  incident: [['list']],
  history: [['mallory'], ['ana'], [HOSTILE]],
  'blame-agent': [['src/a.ts'], [`src/${MARK}\u001b[31m\u202e.ts`]],
  acquire: [['src/a.ts', '--wait', '0s'], [HOSTILE]],
  renew: [[`${HOSTILE}=1`]],
  release: [[`${HOSTILE}=1`]],
  withdraw: [[HOSTILE]],
  check: [['src/a.ts=1'], [`${HOSTILE}=1`]],
  handoff: [['accept', HOSTILE]],
  'check-in': [['--summary', HOSTILE]],
  outcome: [[HOSTILE, '--kind', HOSTILE, '--ok']],
  recover: [['--reflection', HOSTILE]],
  state: [
    ['get', 'menu'],
    ['log', 'menu'],
    ['get', HOSTILE],
  ],
  messages: [[], ['--all'], ['--agent', 'ana']],
  send: [[HOSTILE, HOSTILE]],
  ask: [['src/a.ts', HOSTILE]],
  rescue: [[HOSTILE, '--dry-run', '--reason', HOSTILE]],
  revoke: [[HOSTILE, '--token', '1', '--reason', HOSTILE]],
  pause: [[HOSTILE, '--reason', HOSTILE]],
  resume: [[HOSTILE, '--reason', HOSTILE]],
  archive: [[HOSTILE, '--reason', HOSTILE]],
  restore: [[HOSTILE, '--reason', HOSTILE]],
  retire: [[HOSTILE, '--reason', HOSTILE]],
  worktree: [['list']],
  guard: [['watch', '--once'], ['pre-commit'], [HOSTILE]],
  policy: [['show'], ['explain', HOSTILE], ['check', HOSTILE]],
  ps: [[]],
  doctor: [[], ['--head', HOSTILE]],
  config: [[]],
  import: [[HOSTILE]],
  store: [
    ['backup', HOSTILE.replaceAll('/', '')],
    ['restore', HOSTILE],
    ['copy', HOSTILE, HOSTILE],
  ],
  completion: [[HOSTILE]],
  export: [['--format', 'csv', '--out', HOSTILE.replaceAll('/', '')]],
  run: [['--lock', HOSTILE, '--', 'true']],
};

/** They print nothing that others wrote: what they serve, write or rehearse is looked at elsewhere. */
const ELSEWHERE: ReadonlySet<string> = new Set(['init', 'mcp', 'serve', 'drill', 'token']);

const plain = (text: string): string => text;
const paint: Look['paint'] = { title: plain, strong: plain, faint: plain, good: plain, warn: plain, bad: plain };

/** A screen without colours, so that every escape in what was printed is somebody else's. */
function screenInto(lines: string[], width: number): Screen {
  const add = (...more: readonly string[]): void => void lines.push(...more);
  return {
    isTerminal: Number.isFinite(width),
    hasWatcher: false,
    look: (reader = null) => ({ width, paint, reader }),
    out: add,
    outSlowly: (line) => Promise.resolve(add(line)),
    err: add,
    note: add,
    redraw: (shown) => add(...shown),
  };
}

async function printed({ root }: HostileFleet, args: readonly string[], width: number): Promise<readonly string[]> {
  const lines: string[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: false });
  stdin.end();
  const env = { XDG_STATE_HOME: `${root}/.state`, HOME: root, PATH: process.env.PATH, USER: 'chef' };
  await runProgram(args, { env, folder: root, screen: screenInto(lines, width), stdin, exitCode: 0 });
  return lines;
}

describe('what is shown on a terminal', () => {
  it('of each command is one that is looked at here, or is known to show nothing of others', () => {
    const names = COMMANDS.map(({ name }) => name).filter((name) => !ELSEWHERE.has(name));
    expect(names.toSorted()).toEqual(Object.keys(SHOWN).toSorted());
  });

  it.each([120, Number.POSITIVE_INFINITY])(
    'repaints nothing, ends no line of ours and hides nothing, %d columns wide',
    async (width) => {
      const fleet = await hostileFleet();
      const wrong: string[] = [];
      const spoke = new Set<string>();
      let marked = 0;
      for (const [name, calls] of Object.entries(SHOWN)) {
        for (const args of calls) {
          const lines = await printed(fleet, [name, ...args], width);
          if (lines.length > 0) spoke.add(name);
          for (const line of lines) {
            if (line.includes(MARK)) marked += 1;
            // A note is a text with its own line end.
            const text = line.replace(/\n$/, '');
            if (UNSEEN.test(text) || /\nGET \/x/.test(text))
              wrong.push(`${name} ${args[0] ?? ''}: ${JSON.stringify(line)}`);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect([...spoke].toSorted()).toEqual(Object.keys(SHOWN).toSorted());
      // It was there to be shown.
      expect(marked).toBeGreaterThan(40);
    },
  );
});
