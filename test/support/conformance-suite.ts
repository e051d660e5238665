// The official conformance suite of MCP, run as the command that it is, and what it found scenario by scenario.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `silent`: it has found nothing to check. */
export type Verdict = 'passes' | 'fails' | 'silent';

const SUITE = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));
const RESULT = /^server-(?<scenario>.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

/** Runs all that the suite has for a revision against the server at `url`. */
export async function runConformance(url: string, revision: string): Promise<ReadonlyMap<string, Verdict>> {
  const folder = mkdtempSync(join(tmpdir(), 'brigade-conformance-'));
  try {
    const args = [SUITE, 'server', '--url', url, '--requirements', revision, '--output-dir', folder];
    const output = await run(args);
    const found = readdirSync(folder).map((name) => [scenarioIn(name), verdictIn(join(folder, name))] as const);
    if (found.length === 0) throw new Error(`the conformance suite has told nothing: ${output}`);
    return new Map(found);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** It exits with 1 where a scenario fails; which of them may is not for it to say. */
function run(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

function scenarioIn(name: string): string {
  const scenario = RESULT.exec(name)?.groups?.scenario;
  if (scenario === undefined) throw new Error(`not a result of the conformance suite: ${name}`);
  return scenario;
}

function verdictIn(folder: string): Verdict {
  const checks = JSON.parse(readFileSync(join(folder, 'checks.json'), 'utf8')) as readonly {
    readonly status: string;
  }[];
  if (checks.some(({ status }) => status === 'FAILURE')) return 'fails';
  return checks.some(({ status }) => status === 'SUCCESS') ? 'passes' : 'silent';
}
