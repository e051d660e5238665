// `brigade serve --open`: who gets a browser that acts for an operator, and what it may do.

import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
const served: ServedProcess[] = [];
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => {
  for (const each of served.splice(0)) await each.end('SIGKILL');
  await scratch.close();
});

async function operatorToken(): Promise<string> {
  return (await scratch.brigade(['token', 'operator', '--force'])).stdout.trim();
}

interface Answer {
  readonly status: number;
  readonly cookie: string;
  readonly text: string;
}

/** As a browser does it, which says whose page asks; `fetch` may not. */
function ask(method: string, url: string, headers: Readonly<Record<string, string>>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: { ...headers, 'content-type': 'application/json' } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const [cookie = ''] = (answer.headers['set-cookie'] ?? [''])[0]?.split(';') ?? [];
        resolve({ status: answer.statusCode ?? 0, cookie, text: Buffer.concat(chunks).toString() });
      });
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

describe('brigade serve --open', () => {
  it('is for a person at a terminal, or who shows the token of the fleet; never for an agent', async () => {
    const refusals = [
      await scratch.brigade(['serve', '--port', '0', '--open']),
      await scratch.brigade(['serve', '--port', '0', '--open'], { env: { BRIGADE_OPERATOR_TOKEN: 'x'.repeat(43) } }),
      await scratch.brigade(['serve', '--port', '0', '--open'], {
        env: { BRIGADE_OPERATOR_TOKEN: await operatorToken(), CLAUDECODE: '1' },
      }),
    ];
    expect(refusals.map(({ code }) => code)).toEqual([3, 3, 3]);
  });

  it('leads a browser to where it acts for the operator; the log says so, and no secret is printed twice', async () => {
    const token = await operatorToken();
    const server = await ServedProcess.start(scratch, { args: ['--open'], env: { BRIGADE_OPERATOR_TOKEN: token } });
    served.push(server);
    const page = await waitUntil('the address', () => /Open (\S+) in a browser/.exec(server.output)?.[1]);
    const { status, cookie } = await ask('GET', page, { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' });
    expect([status, cookie]).toEqual([303, expect.stringMatching(/^brigade_operator_\d+=.{43}$/)]);
    expect((await ask('GET', page, {})).status).toBe(403);

    await ask('POST', `${server.url}/v1/sessions`, {}, JSON.stringify({ id: 'bo' }));
    const own = { cookie, 'sec-fetch-site': 'same-origin', origin: server.url };
    const reason = JSON.stringify({ reason: 'lunch' });
    expect((await ask('POST', `${server.url}/v1/agents/bo/pause`, { cookie }, reason)).status).toBe(401);
    expect((await ask('POST', `${server.url}/v1/agents/bo/pause`, own, reason)).status).toBe(200);
    const [paused] = (await scratch.events()).filter(({ type }) => type === 'agent.paused');
    expect(paused).toMatchObject({
      agentId: 'bo',
      by: 'operator',
      actor: expect.stringMatching(/^operator:/) as string,
    });

    // A token that is rotated takes the browser's authority with it.
    await scratch.brigade(['token', 'operator', '--rotate', '--force']);
    expect((await ask('POST', `${server.url}/v1/agents/bo/resume`, own, reason)).status).toBe(401);
    expect(server.output).not.toContain(token);
    expect(server.output).not.toContain(cookie.split('=')[1]);
  });
});
