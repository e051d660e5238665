// Runs before every test file: the user's state folder becomes a fresh empty one, and whatever would make a process
// believe that it runs inside an agent's client is taken out of the environment. A test that needs either sets its own.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const stateHome = mkdtempSync(join(tmpdir(), 'brigade-test-state-'));
process.env.XDG_STATE_HOME = stateHome;

for (const name of Object.keys(process.env)) {
  const isOurs = name.startsWith('BRIGADE_') && name !== 'BRIGADE_CAMPAIGN' && !name.startsWith('BRIGADE_TEST_');
  if (isOurs || name.startsWith('CLAUDE')) delete process.env[name];
}

afterAll(() => rmSync(stateHome, { recursive: true, force: true }));
