// A fleet in which one agent, an operator and a file say the worst that they may, wherever a text of theirs is taken: what it
// comes to is looked for in everything that is printed, exported, sent and logged.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { NEARBY } from '../../src/surface/http/access/access-settings.ts';
import { listen } from '../../src/surface/http/listen.ts';
import { type HttpRig, httpRig } from '../support/http-rig.ts';

/** Begins every text, so that one can see where it was let in. */
export const MARK = 'EVIL';

/** What repaints a terminal, ends a line, turns a direction, hides, breaks out of a page, a table, a sheet, a header, a shell. */
export const HOSTILE =
  `${MARK}\u001b[2J\u001b]0;owned\u0007\u009b31m\r\n{"level":60,"msg":"forged"}\nGET /x\u2028\u202egnp.exe\u200b\u{e0041}` +
  `</script><img src=x onerror=alert(1)>"'\`$(touch owned);|| [x](javascript:x) \\"} 1`;

/** The same for a cell of a sheet: it begins a formula. */
const FORMULA = `=cmd|' /C calc'!A1 ${MARK}`;

/** Signs that no terminal, line or page of ours may show as they are. */
export const UNSEEN = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

const OPERATOR = 'operator-secret-'.padEnd(43, 'o');

export interface HostileFleet extends HttpRig {
  readonly operator: string;
  /** Where it is served, as by `brigade serve`. */
  readonly url: string;
  /** Handle of the agent that says all this, and of one that does not. */
  readonly mallory: string;
  readonly ana: string;
  readonly send: (method: string, path: string, bearer: string, body?: object) => Promise<Record<string, unknown>>;
}

export async function hostileFleet(): Promise<HostileFleet> {
  const rig = await httpRig({ isOnDisk: true, access: { ...NEARBY, limitsRates: false } });
  repositoryAt(rig.root);
  await rig.setToken('operator', OPERATOR);
  const send: HostileFleet['send'] = async (method, path, bearer, body) => {
    const answer = await rig.app.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Record<string, unknown>;
    expect([path, answer.status, answer.status < 400 ? '' : said]).toEqual([path, answer.status, '']);
    return said;
  };
  const words = { purpose: 'cook', client: HOSTILE, tags: [HOSTILE.slice(0, 30)], notes: HOSTILE };
  const mallory = String((await send('POST', '/v1/sessions', '', { id: 'mallory', ...words })).session);
  const ana = String((await send('POST', '/v1/sessions', '', { id: 'ana' })).session);
  await act({ send, mallory, ana });
  const { server, port } = await listen(rig.app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { ...rig, operator: OPERATOR, url: `http://127.0.0.1:${port}`, mallory, ana, send };
}

/** A committed file whose author and name are hostile too. */
function repositoryAt(root: string): void {
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  git('init', '--quiet', '--initial-branch=main');
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src', 'a.ts'), 'one\ntwo\n');
  writeFileSync(join(root, 'src', `${MARK}\u001b[31m\u202e.ts`), 'x\n');
  git('add', 'src');
  const author = ['-c', `user.name=${MARK}\u001b[2J\u009b`, '-c', 'user.email=evil@example.org'];
  git(...author, 'commit', '--quiet', `--message=${MARK}\u001b]0;x\u0007 \u202e`);
  // Changed since, which guards look at.
  writeFileSync(join(root, 'src', 'a.ts'), 'one\nthree\n');
  git('add', 'src');
}

async function act({ send, mallory, ana }: Pick<HostileFleet, 'send' | 'mallory' | 'ana'>): Promise<void> {
  const lock = { resources: ['repo:src/a.ts', `task:${MARK} =1+1 "x" <b>`], waitMs: 0, reason: HOSTILE };
  await send('POST', '/v1/locks/acquire', mallory, lock);
  await send('POST', '/v1/locks/acquire', ana, { resources: ['task:plain'], waitMs: 0, reason: FORMULA });
  await send('POST', '/v1/locks/acquire', ana, { resources: ['repo:src/a.ts'], waitMs: 5, reason: HOSTILE });
  await send('POST', '/v1/messages', mallory, { to: 'ana', type: 'task', text: HOSTILE });
  await send('POST', '/v1/checkins', mallory, { summary: HOSTILE, complexity: 0.5, confidence: 0.9 });
  await send('PUT', '/v1/state/menu', mallory, { value: { [HOSTILE.slice(0, 100)]: HOSTILE }, ifVersion: 0 });
  for (const reason of [HOSTILE, FORMULA]) {
    await send('POST', '/v1/agents/mallory/pause', OPERATOR, { reason });
    await send('POST', '/v1/agents/mallory/resume', OPERATOR, { reason });
  }
}
