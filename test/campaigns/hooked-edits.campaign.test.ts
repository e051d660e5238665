// Twelve agents that know nothing of Brigade edit one repository at once, with overlapping files. Their clients run hooks, and two
// of them are killed in the middle of a turn. No edit is lost, none is made beside another one, nobody waits for who is gone.

import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { campaignCount } from '../support/campaign.ts';
import type { HookedSaid } from '../support/hooked-agent.ts';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';

const AGENTS = 12;
const MORTALS = 2;
const EDITS = campaignCount(500, { atLeast: 36 });
const FILES = 10;
const PROGRAM = fileURLToPath(new URL('../support/hooked-agent.ts', import.meta.url));

interface Agent {
  readonly name: string;
  readonly child: ChildProcess;
  readonly edited: { readonly file: string; readonly line: string }[];
  readonly ended: Promise<number | null>;
}

it('edits of agents with hooks are neither lost nor made beside each other', async () => {
  // A hook that gives up lets an edit happen that nobody guards, and the machine may be busy.
  const scratch = new Scratch({ env: { BRIGADE_HOOK_PATIENCE_MS: '120000' } });
  onTestFinished(() => scratch.close());
  const files = Array.from({ length: FILES }, (_, i) => `src/file-${i}.txt`);
  for (const file of files) scratch.write(file, '');
  const served = await ServedProcess.start(scratch);
  const agents: Agent[] = [];
  const flaws: string[] = [];
  let denied = 0;
  onTestFinished(async () => {
    for (const { child } of agents) child.kill('SIGKILL');
    await served.end();
  });

  const start = (name: string, edits: number, onSaid: (said: HookedSaid) => void = () => undefined): Agent => {
    const seed = String(agents.length + 1);
    const child = fork(PROGRAM, [scratch.root, name, String(edits), String(FILES), seed], {
      env: { PATH: process.env.PATH ?? '', ...scratch.env },
      execArgv: [],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const agent: Agent = { name, child, edited: [], ended };
    child.on('message', (said: HookedSaid) => {
      if (said.kind === 'edited') agent.edited.push(said);
      if (said.kind === 'denied') denied += 1;
      if (said.kind === 'flaw') flaws.push(said.text);
      onSaid(said);
    });
    agents.push(agent);
    return agent;
  };

  const share = Math.floor(EDITS / AGENTS);
  const lives = Array.from({ length: AGENTS }, async (_, i) => {
    const edits = share + (i < EDITS % AGENTS ? 1 : 0);
    if (i >= MORTALS) return (await start(`cook-${i}`, edits).ended) ?? 1;
    // In the middle of a turn, with what it holds.
    const mortal = start(`mortal-${i}`, edits, ({ kind }) => {
      if (kind === 'edited' && mortal.edited.length === 2) mortal.child.kill('SIGKILL');
    });
    await mortal.ended;
    for (const { child } of agents) if (child.connected) child.send(mortal.name);
    return (await start(`heir-${i}`, edits - mortal.edited.length).ended) ?? 1;
  });

  expect(await Promise.all(lives)).toEqual(Array.from({ length: AGENTS }, () => 0));
  expect(flaws).toEqual([]);
  const told = agents.flatMap(({ edited }) => edited);
  expect(told).toHaveLength(EDITS);
  for (const file of files) {
    const lines = readFileSync(join(scratch.root, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('OPEN mortal'));
    const known = told.filter((edit) => edit.file === file).map(({ line }) => line);
    // Who dies between the edit and its word has edited all the same.
    expect(lines).toEqual(expect.arrayContaining(known));
    expect(new Set(lines).size).toBe(lines.length);
  }
  const events = await scratch.events();
  expect(events.filter((event) => event.type === 'file.edited' && event.beside !== null)).toEqual([]);
  expect(events.filter(({ type }) => type === 'session.lost').length).toBeGreaterThanOrEqual(MORTALS);
  expect(events.filter((event) => event.type === 'alert.opened' && event.code.includes('deadlock'))).toEqual([]);
  expect(denied).toBeGreaterThan(0);
  const { stdout } = await scratch.brigade(['locks', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ total: 0 });
});
