import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../../test/support/core-fleet.ts';
import { containing } from '../../../../test/support/matching.ts';
import { novemberHistory, novemberLine } from '../../../../test/support/november-files.ts';
import { nodeHasher } from '../../../adapters/system/node-hasher.ts';
import type { FeedEvent } from '../../../app/coordinator.ts';
import { LIMITS } from '../../../core/limits.ts';
import { isRejection, reject } from '../../../core/rejection.ts';
import { importHistory } from './import-history.ts';
import { digestOfLines, noLines, readKnown } from './known-imports.ts';
import type { Take } from './taker.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-history-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Takes into a fleet of decisions alone. */
function takeInto(fleet: CoreFleet): Take {
  return (body) => {
    const { answer } = fleet.operator(body);
    if (isRejection(answer) || answer.op === 'import') return Promise.resolve(answer);
    throw new Error(answer.op);
  };
}

async function run(fleet: CoreFleet, text: string, take = takeInto(fleet)) {
  const path = join(folder, 'governance_history_ana.csv');
  writeFileSync(path, text);
  const feed = {
    async *feed(): AsyncIterable<FeedEvent> {
      for (const event of fleet.events) yield { ...event, hash: '' };
    },
  };
  const { histories } = await readKnown(feed, nodeHasher, ['ana'], () => undefined);
  const options = { take, hasher: nodeHasher, known: histories.get('ana') ?? noLines(), progress: () => undefined };
  return importHistory({ file: 'governance_history_ana.csv', path, agentId: 'ana' }, options);
}

function linesIn(fleet: CoreFleet): readonly string[] {
  return fleet.events.flatMap((event) =>
    event.type === 'history.imported' ? event.rows.map((row) => row.join(',')) : [],
  );
}

function expected(lines: number): readonly string[] {
  return Array.from({ length: lines }, (_, i) => novemberLine('ana', i + 1));
}

describe('lines of a history', () => {
  it('are taken in parts, whole and in order', async () => {
    const fleet = new CoreFleet();
    expect(await run(fleet, novemberHistory('ana', 1_234))).toMatchObject({
      outcome: 'taken',
      taken: 1_234,
      unchanged: 0,
    });
    expect(linesIn(fleet)).toEqual(expected(1_234));
    const rows = fleet.events.flatMap((event) => (event.type === 'history.imported' ? event.rows : []));
    expect(fleet.state.imports.get('ana')?.linesDigest).toBe(digestOfLines(nodeHasher, null, rows));
    expect(fleet.events.filter(({ type }) => type === 'history.imported')).toHaveLength(
      Math.ceil(1_234 / LIMITS.importLines),
    );
  });

  it('are cut by bytes too, and each part fits', async () => {
    const fleet = new CoreFleet();
    const lines = Array.from({ length: 60 }, (_, i) => `ana,${i},"${'\u0001'.repeat(2_000)}"`);
    expect(await run(fleet, ['agent_id,time,note', ...lines].join('\n'))).toMatchObject({ taken: 60, refused: 0 });
    expect(fleet.events.filter(({ type }) => type === 'history.imported').length).toBeGreaterThan(1);
  });

  it.each([0, 1, 2])('go on where a process died that had taken %i parts', async (parts) => {
    const fleet = new CoreFleet();
    const text = novemberHistory('ana', 1_234);
    let taken = 0;
    const dying: Take = (body) => {
      if (taken === parts) throw new Error('killed');
      taken += 1;
      return takeInto(fleet)(body);
    };
    await expect(run(fleet, text, dying)).rejects.toThrow('killed');
    expect(linesIn(fleet)).toHaveLength(parts * LIMITS.importLines);
    expect(await run(fleet, text)).toMatchObject({
      taken: 1_234 - parts * LIMITS.importLines,
      unchanged: parts * LIMITS.importLines,
    });
    expect(linesIn(fleet)).toEqual(expected(1_234));
  });

  it('are told apart by their cells', async () => {
    const fleet = new CoreFleet();
    const [header, one, other] = ['time,note,more', '0.1,"x,y",z', '0.1,x,"y,z"'];
    await run(fleet, `${header}\n${one}`);
    expect(await run(fleet, `${header}\n${other}`)).toMatchObject({ taken: 1, unchanged: 0 });
    expect(await run(fleet, `${header}\n${other}\n${one}`)).toMatchObject({ taken: 0, unchanged: 2 });
  });

  it('that stand in the file twice are taken twice, and known as often', async () => {
    const fleet = new CoreFleet();
    const line = novemberLine('ana', 1);
    const text = (times: number) =>
      [novemberHistory('ana', 0).trimEnd(), ...Array<string>(times).fill(line)].join('\n');
    expect(await run(fleet, text(3))).toMatchObject({ taken: 3 });
    expect(await run(fleet, text(3))).toMatchObject({ taken: 0, unchanged: 3 });
    expect(await run(fleet, text(5))).toMatchObject({ taken: 2, unchanged: 3 });
    expect(linesIn(fleet)).toHaveLength(5);
  });

  it('are read again when others were faster', async () => {
    const fleet = new CoreFleet();
    const faster: Take = async (body) => {
      await run(fleet, novemberHistory('ana', 2));
      return takeInto(fleet)(body);
    };
    expect(await run(fleet, novemberHistory('ana', 5), faster)).toEqual({ overtakenAfter: 0 });
    expect(await run(fleet, novemberHistory('ana', 5))).toMatchObject({ taken: 3, unchanged: 2 });
    expect(linesIn(fleet)).toEqual(expected(5));
  });

  it('under other column names are known, and the report says so', async () => {
    const fleet = new CoreFleet();
    const text = novemberHistory('ana', 3);
    await run(fleet, text.replace('coherence', 'coherance'));
    expect(await run(fleet, text)).toMatchObject({
      taken: 0,
      unchanged: 3,
      remarks: [containing('otherwise')],
    });
  });

  it('are not reported as taken when the fleet takes nothing', async () => {
    const fleet = new CoreFleet();
    const denied = reject('CREDENTIAL_WRONG', { message: 'no', next: '' });
    await expect(run(fleet, novemberHistory('ana', 3), () => Promise.resolve(denied))).rejects.toMatchObject({
      rejection: denied,
    });
  });
});
