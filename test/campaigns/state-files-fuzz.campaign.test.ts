// What Brigade keeps for a user between two starts (sessions, tokens, targets, conversations, where fleets are, how far logs were
// seen), changed by a lost disk or by somebody's editor: it is read, taken for nothing, or refused with what to do.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConversationFiles } from '../../src/adapters/system/conversation-files.ts';
import { openFleetMap } from '../../src/adapters/system/fleet-map.ts';
import { openInitRecords } from '../../src/adapters/system/init-records.ts';
import { openStateFolder, stateFoldersOf } from '../../src/adapters/system/state-folder.ts';
import { openTargetKeys } from '../../src/adapters/system/target-keys.ts';
import { raiseWitness, readWitness } from '../../src/adapters/system/witness-files.ts';
import { SetupFault } from '../../src/ports/setup-fault.ts';
import { ConversationBook } from '../../src/surface/mcp/http/conversation-book.ts';
import { campaignCount } from '../support/campaign.ts';
import { mutatedText } from '../support/mutations.ts';
import { randomOf } from '../support/random.ts';

const runs = campaignCount(2_000, { atLeast: 100 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const MINUTES_MS = 10 * 60_000;
const KEY = { client: 'claude-code', id: 's1' };
const SESSION = {
  fleetId: 'f_kitchen',
  agentId: 'ana',
  sessionId: 'ses_1',
  handle: 'h'.repeat(43),
  createdAt: '2025-11-19T23:25:00.000Z',
};

let base = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'brigade-state-')));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Everything that is kept, written once and read by whoever reads it. */
async function keeper() {
  const options = { base: join(base, 'state'), fleetId: SESSION.fleetId, fleetFolder: join(base, '.brigade') };
  mkdirSync(options.fleetFolder);
  const state = openStateFolder(options);
  const targets = openTargetKeys(options);
  const map = openFleetMap(options.base, options.fleetFolder);
  const records = openInitRecords(options.base);
  const conversations = openConversationFiles(options);
  const witnesses = stateFoldersOf(options).below('witness');
  await state.keepSession(KEY, SESSION);
  await state.ensureToken('operator', 'o'.repeat(43));
  await targets.ensureSecret('ops', 'whsec_x');
  await targets.replaceSecret('ops', 'whsec_y', '2025-11-20T00:00:00.000Z');
  await targets.keepProgram('ops', ['/bin/true', 'x']);
  await map.remember('sqlite:/w/brigade.db', SESSION.fleetId);
  await records.keep('/w/.mcp.json', { before: null });
  await conversations.note('c1', '{"followed":[{"uri":"brigade://locks","interest":{"kind":"locks"}}]}');
  await raiseWitness(witnesses, { epoch: 0, seq: 7, hash: 'a'.repeat(64) });
  const book = new ConversationBook({ notes: () => conversations, onTrouble: () => undefined });
  const readers: readonly (() => Promise<unknown>)[] = [
    () => state.keptSession(KEY),
    () => state.token('operator'),
    () => targets.secretOf('ops'),
    () => targets.formerOf('ops'),
    () => targets.programOf('ops'),
    () => map.fleetIdAt('sqlite:/w/brigade.db'),
    () => map.locationsOf(SESSION.fleetId),
    () => records.read('/w/.mcp.json'),
    () => book.look('c1'),
    () => readWitness(witnesses, SESSION.fleetId),
  ];
  return { options, readers };
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size > 0);
}

/** What a reader came to: a value, or a refusal that says what to do. */
async function readBy(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SetupFault) || error.rejection.next === '') throw error;
    return null;
  }
}

describe(`files of the state folder, seed ${seed} (BRIGADE_TEST_SEED repeats it)`, () => {
  it('are read, taken for nothing, or refused, whatever stands in them', { timeout: MINUTES_MS }, async () => {
    const { options, readers } = await keeper();
    const random = randomOf(seed);
    const whole = await Promise.all(readers.map((read) => read()));
    expect(whole).not.toContain(null);
    const files = filesBelow(options.base);
    expect(files.length).toBeGreaterThan(7);
    for (let run = 0; run < runs; run += 1) {
      const path = random.pick(files);
      const before = readFileSync(path);
      const text = mutatedText(random, [before.toString('utf8')]);
      writeFileSync(path, random.chance(0.9) ? text : Buffer.concat([before, Buffer.from([0xff, 0x00, 0xfe])]), {
        mode: 0o600,
      });
      const found = await Promise.all(readers.map(readBy));
      // One file that is wrong takes nothing else with it.
      const touched = found.filter((value, i) => JSON.stringify(value) !== JSON.stringify(whole[i])).length;
      expect([path.slice(base.length), touched]).toEqual([
        path.slice(base.length),
        expect.toSatisfy((count: number) => count <= 2),
      ]);
      writeFileSync(path, before, { mode: 0o600 });
    }
    expect(await Promise.all(readers.map((read) => read()))).toEqual(whole);
  });

  it('of the witness count by their names, and any other name is none', async () => {
    const { options } = await keeper();
    const witnesses = stateFoldersOf(options).below('witness');
    const [folder = ''] = witnesses.paths();
    const random = randomOf(seed);
    const valid = [`0-7-${'a'.repeat(64)}`];
    for (let run = 0; run < Math.min(runs, 500); run += 1) {
      const name = mutatedText(random, valid).replaceAll('/', '_').replaceAll('\0', '_').toWellFormed().slice(0, 60);
      if (name === '' || name === '.' || name === '..' || valid.includes(name)) continue;
      writeFileSync(join(folder, name), '', { mode: 0o600 });
      expect(await readWitness(witnesses, SESSION.fleetId)).toMatchObject({ epoch: 0, seq: 7, hash: 'a'.repeat(64) });
      rmSync(join(folder, name));
    }
  });
});
