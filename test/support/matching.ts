// Vitest's loose matches as the texts they stand for, so that no expectation is of type `any`.

import { expect } from 'vitest';

export function containing(part: string): string {
  return expect.stringContaining(part) as string;
}

export function matching(pattern: RegExp): string {
  return expect.stringMatching(pattern) as string;
}

/** The number to `digits` places behind the point. */
export function near(value: number, digits = 12): number {
  return expect.closeTo(value, digits) as number;
}
