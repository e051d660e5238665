// Every example of docs/http.md, in one shell, against a server of its own.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bodyHash } from '../../src/app/body-hash.ts';
import { secretHash } from '../../src/app/credentials.ts';
import { type Fleet, hasher, ids } from '../../src/compose.ts';
import { Scratch } from '../support/scratch.ts';
import { serve } from '../support/serve-here.ts';

const page = fileURLToPath(new URL('../../docs/http.md', import.meta.url));
const examples = Array.from(readFileSync(page, 'utf8').matchAll(/^```sh\n([\s\S]+?)^```$/gm), ([, code = '']) => code);

/** What each prints, by the words that tell it. */
const PRINTS: readonly RegExp[] = [
  /^$/,
  /"status":"granted".*"resource":"file:src\/app\.ts".*"resource":"task:review"/,
  /"isFree":false[\s\S]*"holds":false[\s\S]*"released":\[\{"resource":"file:src\/app\.ts"/,
  /"version":1[\s\S]*etag: "1"[\s\S]*"version":2/i,
  /("messageId":"m\d+")[\s\S]*\1/,
  /"agents":\[\{"agentId":"ana"[\s\S]*"nodes":\[\][\s\S]*seq,at,agent_id,event/,
  /"key":"ana"[\s\S]*"rows":\[[\s\S]*"stepMs":[\s\S]*"checkins":\[\]/,
  /"code":"INVALID_ARGUMENT".*"next":"Write waitMs\."/,
  /"lifecycle":"paused"[\s\S]*"lifecycle":"active"[\s\S]*"type":"agent\.paused"/,
  /"dryRun":true[\s\S]*"type":"agent\.archived"/,
  /"closed":true/,
];
const MARK = '=== next example ===';

describe('the examples of docs/http.md', () => {
  it('do what the page says', async () => {
    const scratch = new Scratch();
    const server = await serve(scratch);
    onTestFinished(async () => {
      await server.stop();
      await scratch.close();
    });
    const TOKEN = await setToken(server.fleet);
    const script = examples.join(`\necho; echo '${MARK}'\n`);
    const { stdout, stderr, code } = await bash(`set -euo pipefail\n${script}`, {
      URL: server.url,
      TOKEN,
      cwd: scratch.root,
    });
    expect([stderr, code]).toEqual(['', 0]);
    const printed = stdout.split(`\n${MARK}\n`);
    expect(printed).toHaveLength(PRINTS.length);
    for (const [i, form] of PRINTS.entries()) expect(printed[i]?.trim()).toMatch(form);
  });
});

async function setToken({ coordinator }: Fleet): Promise<string> {
  await coordinator.found();
  const token = ids.newSecret();
  const asked = { op: 'set_token', kind: 'operator', tokenHash: secretHash(hasher, token) } as const;
  const by = { kind: 'operator', name: 'test', proof: 'terminal' } as const;
  await coordinator.submit({ ...asked, by, requestId: ids.newId(), bodyHash: bodyHash(hasher, asked) });
  return token;
}

function bash(script: string, { cwd, ...env }: { readonly cwd: string; readonly URL: string; readonly TOKEN: string }) {
  const child = spawn('bash', ['--norc', '-c', script], { cwd, env: { PATH: process.env.PATH ?? '', ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return new Promise<{ stdout: string; stderr: string; code: number | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ stdout, stderr, code }));
  });
}
