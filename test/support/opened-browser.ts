// A browser as far as `brigade serve --open` needs one: a program that is given an address, goes where it leads, keeps the cookie,
// and lets the page that it comes to act.
//
//   node opened-browser.ts OUT AGENT URL      pauses AGENT there, and writes into OUT what it saw

import { renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';

export interface OpenedPage {
  /** Where it ended up. */
  readonly address: string;
  readonly status: number;
  /** The name for whom it acts. */
  readonly operator: unknown;
  readonly paused: number;
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

const STEPS_MAX = 5;
let cookie = '';

function ask(method: string, url: string, headers: Readonly<Record<string, string>>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const own = { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }), ...headers };
    const asked = request(url, { method, headers: own, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? cookie;
        const { location } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, location, text: Buffer.concat(chunks).toString() });
      });
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

async function open(start: string): Promise<{ readonly address: string; readonly status: number }> {
  let address = start;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { status, location } = await ask('GET', address, { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' });
    if (location === undefined) return { address, status };
    address = new URL(location, address).href;
  }
  throw new Error(`${start} leads on and on`);
}

const [out = '', agent = '', url = ''] = process.argv.slice(2);
const { address, status } = await open(url);
const page = { 'sec-fetch-site': 'same-origin', origin: new URL(url).origin };
const who = await ask('GET', new URL('/auth', url).href, page);
const pause = new URL(`/v1/agents/${agent}/pause`, url).href;
const paused = await ask('POST', pause, page, JSON.stringify({ reason: 'from the page' }));
const { operator } = JSON.parse(who.text) as { readonly operator: unknown };
const seen: OpenedPage = { address, status, operator, paused: paused.status };
writeFileSync(`${out}.draft`, JSON.stringify(seen));
renameSync(`${out}.draft`, out);
