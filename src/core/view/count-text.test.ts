import { expect, it } from 'vitest';
import { counted, countedLong, timesText } from './count-text.ts';

it('counts in words that fit the number', () => {
  expect([0, 1, 2].map((n) => counted(n, 'lease'))).toEqual(['0 leases', '1 lease', '2 leases']);
  expect([1, 2].map((n) => counted(n, 'batch', 'batches'))).toEqual(['1 batch', '2 batches']);
  expect([1, 12_345].map((n) => countedLong(n, 'event'))).toEqual(['1 event', '12,345 events']);
  expect([1, 2, 3].map(timesText)).toEqual(['once', 'twice', '3 times']);
});
