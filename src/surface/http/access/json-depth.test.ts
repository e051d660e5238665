import { assert, integer, jsonValue, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as bytes from './json-depth.ts';

function nestsDeeper(text: string, depthMax: number): boolean {
  return bytes.nestsDeeper(Buffer.from(text), depthMax);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('depth of JSON', () => {
  it('is that of the value', () => {
    assert(
      property(jsonValue({ maxDepth: 6 }), integer({ min: 0, max: 8 }), (value, depthMax) => {
        const text = JSON.stringify(value).padEnd(20);
        expect(nestsDeeper(text, depthMax)).toBe(depthOf(value) > depthMax);
      }),
    );
  });

  it('does not count brackets in strings, escaped quotes or not', () => {
    expect(nestsDeeper(String.raw`["é[[[[[[[[", "\"[[[[[", "\\", "[[\\\"[["]`, 1)).toBe(false);
    expect(nestsDeeper(String.raw`["\\", [[1]]]`, 2)).toBe(true);
  });

  it('ends at a string that does not end', () => {
    expect(nestsDeeper(`["${'['.repeat(100)}`, 1)).toBe(false);
    expect(nestsDeeper(`["\\`, 1)).toBe(false);
  });

  it('is found in a text of a megabyte at once', () => {
    expect(nestsDeeper('['.repeat(1_000_000), 64)).toBe(true);
    expect(nestsDeeper(`["${'\\"'.repeat(500_000)}"]`, 1)).toBe(false);
  });
});
