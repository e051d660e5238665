// One check of `.ci/run`: `npm start`, as a newcomer types it, serves a fleet and ends when it is told to. Plain JavaScript,
// because whatever Node the system has runs it.
//
// It happens in a scratch workspace, so that a check leaves nothing in anybody's fleet. Every wait has a deadline; what the
// server wrote is shown when something fails.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WITHIN_MS = 120_000;
const ENDS_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'brigade-start-')));
const workspace = join(folder, 'workspace');
mkdirSync(workspace);

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const child = spawn(npm, ['start', '--', '--port', '0', '--root', workspace], {
  cwd: root,
  env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
  stdio: ['ignore', 'pipe', 'pipe'],
  // A group of its own, so that nothing is left of it when it fails.
  detached: process.platform !== 'win32',
});
let output = '';
for (const stream of [child.stdout, child.stderr]) {
  stream.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
}
/** @type {Promise<string | number | null>} */
const ended = new Promise((resolve) => {
  child.once('error', () => resolve('did not start'));
  child.once('close', (code, signal) => resolve(signal ?? code));
});

try {
  const url = await until('the address', () => / at (http:\S+)/.exec(output)?.[1]);
  await until('a server that is ready', async () => (await fetch(`${url}/readyz`)).ok);
  const fleet = await fetch(`${url}/v1/fleet`);
  const told = await fleet.text();
  if (!fleet.ok || !told.includes('"counts":')) throw new Error(`/v1/fleet answered ${fleet.status}: ${told}`);
  child.kill('SIGTERM');
  const end = await Promise.race([ended, late(ENDS_WITHIN_MS)]);
  if (end === undefined) throw new Error(`it did not end within ${ENDS_WITHIN_MS / 1000} s of SIGTERM`);
  await until('the port to be free', () =>
    fetch(`${url}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  console.log(`npm start served ${url}, was ready, told its fleet, and ended.`);
} catch (error) {
  console.log(`npm start: ${error instanceof Error ? error.message : String(error)}\nIt wrote:\n${output}`);
  process.exitCode = 1;
} finally {
  endWhatIsLeft();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function endWhatIsLeft() {
  if (process.exitCode !== 1 || child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch (error) {
    console.log(`nothing of it is left: ${String(error)}`);
  }
}

/**
 * The first value of `look` that is something. Throws after the deadline, and at once when npm has ended.
 *
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} look
 * @returns {Promise<NonNullable<T>>}
 */
async function until(what, look) {
  const isOver = late(WITHIN_MS).then(() => true);
  for (;;) {
    const found = await Promise.resolve(look()).catch(() => /* not there yet */ undefined);
    if (found !== null && found !== undefined && found !== false) return found;
    if (await Promise.race([isOver, pause(LOOK_EVERY_MS).then(() => false)])) throw new Error(`waited for ${what}`);
    const isAwaitingEnd = what === 'the port to be free';
    if (!isAwaitingEnd && (child.exitCode !== null || child.signalCode !== null))
      throw new Error(`ended before ${what}`);
  }
}

/**
 * Between two looks. It keeps this process alive: what it looks at may be gone, and that must be told.
 *
 * @param {number} ms
 * @returns {Promise<void>}
 */
function pause(ms) {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/**
 * A deadline, which keeps nothing alive.
 *
 * @param {number} ms
 * @returns {Promise<undefined>}
 */
function late(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref());
}
