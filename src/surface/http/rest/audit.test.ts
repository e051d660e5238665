// The audit trail as somebody searches it who was not there.

import { describe, expect, it } from 'vitest';
import { restRig } from '../../../../test/support/rest-rig.ts';
import type { Coordinator, FeedEvent } from '../../../app/coordinator.ts';
import { firstSeqOf } from '../../../core/fleet/epoch.ts';
import { type AuditSearch, searchAudit } from './audit-search.ts';

interface Entry {
  readonly seq: number;
  readonly at: string;
  readonly atMs: number;
  readonly type: string;
  readonly actor: string;
}

async function kitchen() {
  const rig = await restRig();
  for (const id of ['ana', 'bo']) await rig.register(id);
  const say = (path: string, reason: string) => rig.ask('POST', path, { bearer: rig.operatorToken, body: { reason } });
  for (const round of ['one', 'two', 'three']) {
    await say('/v1/agents/ana/pause', `Round ${round}`);
    await say('/v1/agents/ana/resume', `again ${round}`);
  }
  await say('/v1/agents/bo/archive', 'gone home');
  const search = async (query: string) => {
    const { status, body } = await rig.ask('GET', `/v1/audit?${query}`);
    expect([query, status]).toEqual([query, 200]);
    return { entries: body.entries as readonly Entry[], cursor: body.cursor as string | null };
  };
  return { ...rig, search };
}

describe('the audit trail', () => {
  it('is the same from either end, in pages too', async () => {
    const { search } = await kitchen();
    const { entries } = await search('');
    expect(entries.length).toBeGreaterThanOrEqual(8);
    for (const { at, atMs } of entries) expect(new Date(atMs).toISOString()).toBe(at);
    expect((await search('order=newest')).entries).toEqual(entries.toReversed());
    for (const order of ['oldest', 'newest']) {
      const paged: Entry[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page = await search(`order=${order}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
        expect(page.entries.length).toBeLessThanOrEqual(3);
        paged.push(...page.entries);
        cursor = page.cursor;
      }
      expect(paged).toEqual(order === 'oldest' ? entries : entries.toReversed());
    }
  });

  it('is searched by who, whom, what, words, and when', async () => {
    const { search, ask } = await kitchen();
    const { entries } = await search('');
    const typesOf = async (query: string) => (await search(query)).entries.map(({ type }) => type);
    for (const order of ['oldest', 'newest']) {
      expect(await typesOf(`order=${order}&agentId=bo`)).toEqual(['agent.archived']);
      expect(await typesOf(`order=${order}&type=agent.paused`)).toHaveLength(3);
      expect(await typesOf(`order=${order}&text=ROUND%20TWO`)).toEqual(['agent.paused']);
      expect(await typesOf(`order=${order}&text=nowhere`)).toEqual([]);
      expect(await typesOf(`order=${order}&actor=brigade&type=agent.registered`)).toHaveLength(2);
      expect(await typesOf(`order=${order}&actor=${encodeURIComponent(entries.at(-1)?.actor ?? '')}`)).toHaveLength(
        entries.length - 1,
      );
      const [second, third] = [entries[1], entries[2]];
      const found = (await search(`order=${order}&from=${second?.seq}&to=${third?.seq}`)).entries;
      expect(found.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual([second?.seq, third?.seq]);
      expect(
        await typesOf(`order=${order}&from=${second?.at}&to=2099-01-01T00:00:00Z&type=agent.archived`),
      ).toHaveLength(1);
      expect(await typesOf(`order=${order}&to=2001-01-01T00:00:00Z`)).toEqual([]);
      expect(await typesOf(`order=${order}&from=2099-01-01T00:00:00Z`)).toEqual([]);
    }
    for (const query of ['type=agent.eaten', 'from=yesterday', 'to=12:00', 'text=', 'order=best'])
      expect([query, (await ask('GET', `/v1/audit?${query}`)).status]).toEqual([query, 400]);
  });

  it('goes back over what is cut off and over a gap between epochs, a bounded stretch at a time', async () => {
    const lost = 60_000;
    const start = firstSeqOf(1);
    const numbers = [...Array.from({ length: 30_000 }, (_, i) => 30_001 + i), start, start + 1, start + 2];
    const feed = { ...fakeLog(numbers, { start, lost }) };
    const search: AuditSearch = {
      order: 'newest',
      cursor: null,
      most: 5,
      actor: null,
      agentId: null,
      type: null,
      text: null,
      from: null,
      to: null,
    };
    const found: number[] = [];
    let calls = 0;
    for (let cursor: number | null = null; ; calls += 1) {
      const page = await searchAudit(feed, { ...search, cursor }, new AbortController().signal);
      found.push(...page.found.map(({ seq }) => seq));
      if (page.cursor === null) break;
      cursor = Number(page.cursor);
    }
    expect(found).toEqual([start + 2, 50_000, 30_001]);
    expect(calls).toBeGreaterThan(0);
    expect(feed.read).toBeLessThan(31_000 + 40 * 16);
  });
});

/** A log of these numbers, of which operators caused three; what came before was removed. */
function fakeLog(numbers: readonly number[], { start, lost }: { readonly start: number; readonly lost: number }) {
  const wallAt = '2026-01-01T00:00:00.000Z';
  const operators = new Set([30_001, 50_000, start + 2]);
  const log = {
    read: 0,
    health: () => ({ head: { seq: numbers.at(-1) ?? 0 } }) as ReturnType<Coordinator['health']>,
    async *feed({ after }: { readonly after: number }): AsyncIterable<FeedEvent> {
      for (const seq of numbers) {
        if (seq <= after) continue;
        log.read += 1;
        const actor = operators.has(seq) ? 'operator:kim' : 'brigade';
        const type = seq === start ? 'epoch.started' : 'session.active';
        yield { seq, wallAt, at: 0, actor, type, lost: { seq: lost } } as unknown as FeedEvent;
      }
    },
  };
  return log;
}
