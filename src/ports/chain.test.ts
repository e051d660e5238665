import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../adapters/system/node-hasher.ts';
import { chainHash, headAfter, nextSeq, verifyChain } from './chain.ts';
import { EMPTY_HEAD, EPOCH_STRIDE, type LogHead, type StoredBatch } from './event-store.ts';

function batchesAfter(start: LogHead, bodies: readonly string[], epoch = start.epoch): StoredBatch[] {
  const batches: StoredBatch[] = [];
  let head = start;
  for (const body of bodies) {
    const firstSeq = nextSeq(head, epoch);
    const hash = chainHash(nodeHasher, head.hash, body);
    const batch = {
      id: body,
      epoch,
      format: 1,
      count: 2,
      body,
      hash,
      firstSeq,
      lastSeq: firstSeq + 1,
      prevHash: head.hash,
    };
    batches.push(batch);
    head = headAfter(batch);
  }
  return batches;
}

describe('the chain', () => {
  it('is SHA-256 over the previous hash and the exact body', () => {
    expect(chainHash(nodeHasher, EMPTY_HEAD.hash, 'ü')).toBe(nodeHasher.sha256Hex(`${EMPTY_HEAD.hash}ü`));
  });

  it('holds for what was appended, across epochs', () => {
    const first = batchesAfter(EMPTY_HEAD, ['a', 'b']);
    const head = headAfter(first[1] as StoredBatch);
    const second = batchesAfter(head, ['c', 'd'], 3);
    expect(second[0]?.firstSeq).toBe(3 * EPOCH_STRIDE);
    expect(verifyChain(nodeHasher, EMPTY_HEAD, [...first, ...second])).toBeNull();
    expect(verifyChain(nodeHasher, null, second)).toBeNull();
  });

  const [a, b, c] = batchesAfter(EMPTY_HEAD, ['a', 'b', 'c']) as [StoredBatch, StoredBatch, StoredBatch];

  it.each<[string, readonly StoredBatch[], number]>([
    ['a missing batch', [a, c], 5],
    ['batches out of order', [b, a], 3],
    ['a changed body', [a, { ...b, body: 'B' }, c], 3],
    ['a changed hash', [a, { ...b, hash: a.hash }, c], 3],
    ['another past', [a, { ...b, prevHash: c.hash, hash: chainHash(nodeHasher, c.hash, 'b') }], 3],
    ['a count that is not its numbers', [a, { ...b, count: 3 }], 3],
    ['a gap in numbers', [a, { ...b, firstSeq: 4, lastSeq: 5 }], 4],
    ['a new epoch that does not start at its own number', [a, { ...b, epoch: 1 }], 3],
    ['an older format', [{ ...a, format: 2 }, b], 3],
  ])('shows %s', (_what, batches, seq) => {
    expect(verifyChain(nodeHasher, EMPTY_HEAD, batches)).toMatchObject({ seq });
  });

  it('shows an older epoch', () => {
    const [first, later] = batchesAfter({ ...EMPTY_HEAD, epoch: 2 }, ['x', 'y']) as [StoredBatch, StoredBatch];
    expect(verifyChain(nodeHasher, null, [first, { ...later, epoch: 1 }])?.problem).toContain('epoch 1');
  });
});
