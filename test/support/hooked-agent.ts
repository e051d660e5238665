// An agent that knows nothing of Brigade: it reads files and writes them, in turns, and its client runs hooks around each edit.
// What a hook denies it leaves, and goes on with another file. Arguments: the workspace, its name, how many edits it makes, how
// many files there are, a seed. Tells every edit that was done, and whatever it sees that must not be.
//
// An edit is written in two halves, so that two that are made at once are seen: `OPEN name` stands in the file meanwhile.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claudeCode } from '../hooks/inputs/claude-code.ts';
import { hookProcess } from './hook-process.ts';
import { randomOf } from './random.ts';

export type HookedSaid =
  | { readonly kind: 'edited'; readonly file: string; readonly line: string }
  | { readonly kind: 'denied' | 'begins' }
  | { readonly kind: 'flaw'; readonly text: string };

const [root = '', name = '', edits = '', files = '', seed = ''] = process.argv.slice(2);
const at = { session: `client-session-of-${name}`, cwd: root };
const random = randomOf(Number(seed));
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
);
const dead = new Set<string>();
let onDeath = (): void => undefined;
process.on('message', (died: string) => {
  dead.add(died);
  onDeath();
});

for (let done = 0; done < Number(edits); ) {
  say({ kind: 'begins' });
  for (let left = 1 + random.below(3); left > 0 && done < Number(edits); left -= 1) {
    if (await edit(`src/file-${random.below(Number(files))}.txt`, `${name} ${done}`)) done += 1;
  }
  await hook(claudeCode.turnEnd(at));
}
await hook(claudeCode.sessionEnd(at));
process.disconnect();

async function edit(file: string, line: string): Promise<boolean> {
  const path = join(root, file);
  if (!(await hook(claudeCode.edit(at, path)))) {
    say({ kind: 'denied' });
    return false;
  }
  await write(path, line);
  await hook(claudeCode.edited(at, path));
  say({ kind: 'edited', file, line });
  return true;
}

async function write(path: string, line: string): Promise<void> {
  const before = await whole(path);
  const half = `${before}OPEN ${name}\n`;
  writeFileSync(path, half);
  for (let turn = random.below(20); turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
  if (readFileSync(path, 'utf8') !== half)
    say({ kind: 'flaw', text: `${path} was changed under the hands of ${name}` });
  writeFileSync(path, `${before}${line}\n`);
}

/** The file without what somebody left who died within an edit. */
async function whole(path: string): Promise<string> {
  const text = readFileSync(path, 'utf8');
  const open = /^OPEN (\S+)\n/m.exec(text);
  if (open === null) return text;
  const [mark, who = ''] = open;
  if (!dead.has(who)) await Promise.race([told(who), late()]);
  if (!dead.has(who)) say({ kind: 'flaw', text: `${name} was let into ${path}, where ${who} was at work` });
  return text.replace(mark, '');
}

/** Of a death one hears a moment after it. */
function told(who: string): Promise<void> {
  return new Promise((resolve) => {
    onDeath = () => {
      if (dead.has(who)) resolve();
    };
  });
}

function late(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 10_000).unref();
  });
}

/** True when the client would go on. */
async function hook(input: unknown): Promise<boolean> {
  const { code, stdout, stderr } = await hookProcess({ root, env }, 'claude-code', input, {});
  if (code !== 0 || stdout.includes('systemMessage')) say({ kind: 'flaw', text: `${code}: ${stdout}${stderr}` });
  return !stdout.includes('"deny"');
}

function say(said: HookedSaid): void {
  process.send?.(said);
}
