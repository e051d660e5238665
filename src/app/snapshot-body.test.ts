import { describe, expect, it } from 'vitest';
import { eventsOf, foldOf, imageText, recordedBatches } from '../../test/histories/history.ts';
import { exportState } from '../core/fleet/state-image.ts';
import { snapshotBody, stateIn } from './snapshot-body.ts';

describe('the body of a snapshot', () => {
  const state = foldOf(eventsOf(recordedBatches('0.2.0', 'a')));

  it('is the image itself while that is small, as earlier versions wrote it', async () => {
    const image = JSON.stringify(exportState(state));
    expect(image.length).toBeLessThan(256 * 1024);
    expect(await snapshotBody(state)).toBe(image);
    expect(imageText(await stateIn(image))).toBe(imageText(state));
  });

  it('is packed when it is large, and comes to the same state', async () => {
    const large = foldOf(eventsOf(recordedBatches('0.2.0', 'a')));
    for (let i = 0; i < 3_000; i += 1)
      large.entries.set({
        key: `k${i}`,
        value: `Grüße ${i}, 厨房 👩‍🍳`.repeat(4),
        version: 1,
        author: 'ana',
        seq: i,
        wallAt: '',
      });
    const [body, image] = [await snapshotBody(large), imageText(large)];
    expect(body.length).toBeLessThan(image.length / 4);
    expect(imageText(await stateIn(body))).toBe(image);
  });

  it('that is broken throws', async () => {
    for (const body of ['', '{}', 'deflate:', 'deflate:AAAA', 'other:1'])
      await expect(stateIn(body)).rejects.toThrow(/./);
  });
});
