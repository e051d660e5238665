import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { runMcp } from './run-mcp.ts';

it('takes the authority of an operator out of its environment, and opens nothing for a client that is gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'brigade-run-mcp-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  process.env.BRIGADE_OPERATOR_TOKEN = 'secret';
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  input.end();
  await runMcp({ flags: {}, env: { XDG_STATE_HOME: folder }, folder, version: '0', input, output, errors });
  expect(process.env.BRIGADE_OPERATOR_TOKEN).toBeUndefined();
  expect(output.read()).toBeNull();
  expect(errors.read()).toBeNull();
  expect(await readdir(folder)).toEqual([]);
});
