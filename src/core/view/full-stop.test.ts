import { expect, it } from 'vitest';
import { fullStop } from './full-stop.ts';

it('ends what has no end, and nothing twice', () => {
  expect(['it overwrote the plan', 'Done.', 'Why?'].map(fullStop)).toEqual(['it overwrote the plan.', 'Done.', 'Why?']);
});
