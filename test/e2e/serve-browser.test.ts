// `brigade serve --open` with a program that opens what it is given, with one that cannot, and with none.

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenedPage } from '../support/opened-browser.ts';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let served: ServedProcess | null = null;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.brigade(['acquire', 'task:a'], { env: { BRIGADE_AGENT: 'ana' } });
});
afterEach(async () => {
  await served?.end('SIGKILL');
  served = null;
  await scratch.close();
});

const browser = join(import.meta.dirname, '../support/opened-browser.ts');
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A program on disk; answers its path. */
function program(name: string, script: string): string {
  const folder = join(scratch.folder, 'programs');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function open(env: Readonly<Record<string, string>>): Promise<ServedProcess> {
  const token = (await scratch.brigade(['token', 'operator', '--force'])).stdout.trim();
  const outside = { BRIGADE_OPERATOR_TOKEN: token, ...env };
  served = await ServedProcess.start(scratch, { args: ['--open'], env: outside });
  return served;
}

function out(): string {
  return join(scratch.folder, 'seen.json');
}

/** The script of an opener that is a browser. */
function opens(): string {
  return `exec ${[process.execPath, browser, out(), 'ana'].map(quoted).join(' ')} "$1"`;
}

async function seen(): Promise<OpenedPage> {
  await waitUntil('what the browser saw', () => existsSync(out()), { withinMs: 30_000 });
  return JSON.parse(readFileSync(out(), 'utf8')) as OpenedPage;
}

/** What came of it, as the browser and the log have it. */
async function cameOf(server: ServedProcess): Promise<object> {
  const { status, operator, paused, address } = await seen();
  const [event] = (await scratch.events()).filter(({ type }) => type === 'agent.paused');
  const isCodeLeft = address.includes('code') || server.output.includes('code=');
  return { status, isSomebody: typeof operator === 'string', paused, event, isCodeLeft };
}

const ACTED = {
  status: 200,
  isSomebody: true,
  paused: 200,
  event: expect.objectContaining({ agentId: 'ana', by: 'operator' }) as object,
  isCodeLeft: false,
};

describe('brigade serve --open', () => {
  it('opens the browser that BROWSER names, without a screen too, and it acts for the operator', async () => {
    expect(await cameOf(await open({ BROWSER: program('my-browser', opens()) }))).toEqual(ACTED);
  });

  it('takes the first of BROWSER that works, with the address where it says', async () => {
    const one = program('broken', 'exit 3');
    const other = program('other', `shift; ${opens()}`);
    expect(await cameOf(await open({ BROWSER: `/nowhere/browser:${one}:${other} --new %s` }))).toEqual(ACTED);
  });

  it('opens what the desktop does where there is a screen', async () => {
    const xdg = program('xdg-open', opens());
    expect(await cameOf(await open({ DISPLAY: ':99', PATH: `${join(xdg, '..')}:${process.env.PATH ?? ''}` }))).toEqual(
      ACTED,
    );
  });

  it.each<[string, () => Readonly<Record<string, string>>]>([
    ['there is no screen', () => ({})],
    ['nothing opens anything', () => ({ DISPLAY: ':99', PATH: '/nowhere' })],
    ['the desktop opens nothing', () => ({ DISPLAY: ':99', PATH: join(program('xdg-open', 'exit 3'), '..') })],
    ['what opens says that it could not', () => ({ BROWSER: program('broken', 'exit 3') })],
    ['BROWSER names nothing', () => ({ BROWSER: ':  :' })],
  ])('says where to go when %s', async (_what, env) => {
    const server = await open(env());
    const page = await waitUntil('the address', () => /Open (\S+) in a browser/.exec(server.output)?.[1]);
    const answer = await fetch(page, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('HttpOnly')]);
  });
});
