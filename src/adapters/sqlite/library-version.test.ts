import { describe, expect, it } from 'vitest';
import { isSafeLibrary } from './library-version.ts';

describe('a SQLite library', () => {
  it.each(['3.51.3', '3.51.10', '3.52.0', '3.54.1', '3.50.7', '3.50.8', '3.44.6', '4.0.0'])(
    '%s may write',
    (version) => {
      expect(isSafeLibrary(version)).toBe(true);
    },
  );

  it.each(['3.51.2', '3.51.0', '3.50.6', '3.49.9', '3.45.1', '3.44.5', '3.7.0', '2.8.17'])('%s may not', (version) => {
    expect(isSafeLibrary(version)).toBe(false);
  });
});
