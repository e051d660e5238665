// `brigade serve` where other hosts reach it: what it wants before it listens, and that it speaks TLS.

import { execFileSync } from 'node:child_process';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';

let scratch: Scratch;
const served: ServedProcess[] = [];
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => {
  for (const each of served.splice(0)) await each.end('SIGKILL');
  await scratch.close();
});

async function joinToken(): Promise<string> {
  const { stdout } = await scratch.brigade(['token', 'join', '--force']);
  return stdout.trim();
}

const EVERYWHERE = ['serve', '--host', '0.0.0.0', '--port', '0'];

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await scratch.brigade([...EVERYWHERE, ...args]);
  expect(code).toBe(2);
  return stderr;
}

describe('brigade serve at an address that other hosts reach', () => {
  it('does not begin without TLS, nor without a join token', async () => {
    expect(await refusal()).toMatch(/without TLS.*--tls-cert FILE.*--insecure-http/s);
    expect(await refusal('--insecure-http')).toMatch(/no join token.*brigade token join/s);
    await joinToken();
    expect(await refusal('--tls-cert', 'a.pem')).toMatch(/only with its key/);
    expect(await refusal('--tls-cert', 'a.pem', '--tls-key', 'b.pem')).toMatch(/cannot be used: ENOENT/);
    expect(await refusal('--insecure-http', '--allow-host', 'http://x/')).toMatch(/no name of a host/);
  });

  it('warns, and answers nobody whom it does not know', async () => {
    const token = await joinToken();
    const args = ['--host', '0.0.0.0', '--insecure-http', '--allow-host', 'brigade.example'];
    const server = await ServedProcess.start(scratch, { args });
    served.push(server);
    expect(server.output).toContain('warning: It speaks no TLS');
    expect(server.output).toContain('BRIGADE_JOIN_TOKEN');
    expect(server.output).not.toContain(token);
    const here = `http://127.0.0.1:${server.port}`;
    expect((await fetch(`${here}/healthz`)).status).toBe(200);
    expect((await fetch(`${here}/v1/fleet`)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${here}/v1/fleet`, { headers })).status).toBe(200);
  });

  it('speaks TLS with the certificate that it was given', async () => {
    await joinToken();
    const [cert, key] = [join(scratch.folder, 'cert.pem'), join(scratch.folder, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
    execFileSync('openssl', [...how, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    const args = ['--host', '0.0.0.0', '--tls-cert', cert, '--tls-key', key];
    const server = await ServedProcess.start(scratch, { args });
    served.push(server);
    const { status, security } = await securely(server.port, cert);
    expect(status).toBe(200);
    expect(security).toBe('max-age=15552000');
    expect(server.output).not.toContain('no TLS');
  });
});

function securely(port: number, cert: string): Promise<{ readonly status: unknown; readonly security: unknown }> {
  const ca = execFileSync('cat', [cert]);
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', servername: 'localhost', port, path: '/healthz', ca }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode, security: answer.headers['strict-transport-security'] });
    });
    asked.once('error', reject);
    asked.end();
  });
}
