// `brigade serve --demo`: a living fleet of its own, which leaves with whoever looked at it.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Fleet {
  readonly agents: readonly { readonly agentId: string }[];
  readonly head: { readonly seq: number };
}

let scratch: Scratch;
let demo: ServedProcess | null = null;

beforeEach(() => {
  scratch = new Scratch();
});

afterEach(async () => {
  await demo?.end('SIGKILL');
  await scratch.close();
});

describe.skipIf(process.platform === 'win32')('a demo', () => {
  it('plays in a fleet of its own, and leaves nothing behind after Ctrl-C', { timeout: 180_000 }, async () => {
    const temporary = join(scratch.folder, 'tmp');
    mkdirSync(temporary);
    demo = await ServedProcess.start(scratch, { args: ['--demo'], env: { TMPDIR: temporary } });
    const { url } = demo;
    const fleet = async (): Promise<Fleet> => (await fetch(`${url}/v1/fleet`)).json() as Promise<Fleet>;
    const grown = async (): Promise<Fleet | null> => {
      const now = await fleet();
      return now.agents.length === 5 && now.head.seq > 30 ? now : null;
    };
    const { agents } = await waitUntil('agents at work', grown, { withinMs: 120_000, everyMs: 100 });
    expect(agents.map(({ agentId }) => agentId).join(' ')).toContain('claude_chat');
    expect(await demo.end('SIGINT')).toBe(0);
    expect(readdirSync(temporary).filter((name) => name.startsWith('brigade-drill-'))).toEqual([]);
    expect(existsSync(join(scratch.root, '.brigade'))).toBe(false);
    expect(demo.output).not.toMatch(/ended:/);
  });
});
