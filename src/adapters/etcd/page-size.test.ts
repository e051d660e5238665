import { describe, expect, it } from 'vitest';
import { TooLong } from './connections.ts';
import { PageSize } from './page-size.ts';

/** How many are asked for, of batches of `bytes` each. */
async function asked(size: PageSize, bytes: number, limit = 10_000): Promise<number> {
  const [count] = await size.fitted(limit, (each) => Promise.resolve(each));
  size.learn(count, count * bytes, count);
  return count;
}

describe('PageSize', () => {
  it('grows step by step while batches are small, and never beyond what is wanted', async () => {
    const size = new PageSize();
    const counts = [await asked(size, 300), await asked(size, 300), await asked(size, 300), await asked(size, 300)];
    expect(counts).toEqual([32, 128, 512, 512]);
    expect(await asked(size, 300, 13)).toBe(13);
    expect(await asked(size, 300)).toBe(512);
  });

  it('shrinks at once where they are large', async () => {
    const size = new PageSize();
    await asked(size, 300_000);
    expect(await asked(size, 300_000)).toBe(1);
    expect(await asked(size, 3_000)).toBe(1);
    expect(await asked(size, 3_000)).toBe(4);
  });

  it('asks for fewer where an answer is too long, and gives up at one', async () => {
    const size = new PageSize();
    const tried: number[] = [];
    const ask = (least: number) => (count: number) => {
      tried.push(count);
      return count > least ? Promise.reject(new TooLong('too long')) : Promise.resolve(count);
    };
    expect(await size.fitted(1_000, ask(4))).toEqual([4, 4]);
    expect(tried).toEqual([32, 4]);
    await expect(size.fitted(1_000, ask(0))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});
