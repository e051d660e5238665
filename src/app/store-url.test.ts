import { describe, expect, it } from 'vitest';
import { parseStoreUrl, storeUrlOf } from './store-url.ts';

const parse = (text: string) => parseStoreUrl(text, '/w/repo');

describe('a store URL', () => {
  it.each([
    ['sqlite:logs/a.db', '/w/repo/logs/a.db'],
    ['sqlite:./a.db', '/w/repo/a.db'],
    ['sqlite:../a.db', '/w/a.db'],
    ['sqlite:/abs/a.db', '/abs/a.db'],
    ['sqlite:///abs/a.db', '/abs/a.db'],
    ['SQLite:a b?x#y.db', '/w/repo/a b?x#y.db'],
  ])('%s is the file %s', (text, path) => {
    expect(parse(text)).toEqual({ ok: true, location: { kind: 'sqlite', path } });
    expect(parse(`sqlite:${path}`)).toEqual(parse(text));
    expect(storeUrlOf({ kind: 'sqlite', path })).toBe(`sqlite:${path}`);
  });

  it('memory: is memory', () => {
    expect(parse('memory:')).toEqual({ ok: true, location: { kind: 'memory' } });
    expect(storeUrlOf({ kind: 'memory' })).toBe('memory:');
  });

  it.each([
    ['', 'write sqlite:PATH'],
    ['brigade.db', 'write sqlite:PATH, for example sqlite:brigade.db'],
    ['C:\\x.db', 'no store called c:'],
    ['postgres://x', 'no store called postgres:'],
    ['sqlite:', 'needs the path of a file'],
    ['sqlite:a\0b', 'needs the path of a file'],
    ['sqlite://host/a.db', 'without a host'],
    ['sqlite::memory:', 'is written memory:'],
    ['sqlite:folder/', 'names a folder'],
    ['memory:x', 'takes nothing'],
  ])('%j is refused: %s', (text, reason) => {
    const parsed = parse(text);
    expect(parsed.ok ? '' : parsed.problem).toContain(reason);
  });

  it.each(['redis://u:hunter2@h:1', 'rediss://h', 'redis+sentinel://h', 'etcd://h:1,i:2', 'ETCDS://h'])(
    '%s is refused by name, not for its form, and shows no password',
    (text) => {
      const parsed = parse(text);
      expect(parsed.ok ? '' : parsed.problem).toMatch(/not in this version yet; use sqlite:PATH/);
      expect(JSON.stringify(parsed)).not.toContain('hunter2');
    },
  );

  it('shows no password of something that is no URL either', () => {
    expect(JSON.stringify(parse('my://u:hunter2@h'))).not.toContain('hunter2');
    expect(JSON.stringify(parse('//u:hunter2@h'))).not.toContain('hunter2');
  });
});
