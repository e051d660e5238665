import { describe, expect, it } from 'vitest';
import { holdsSecret, parseSharedUrl, publicUrl, userIn } from './shared-url.ts';
import { parseStoreUrl, storeUrlOf } from './store-url.ts';

const parse = (text: string, fleet: string | null = null) => parseStoreUrl(text, { fleetRoot: '/w/repo', fleet });

/** What is told of a URL. */
function told(text: string, fleet: string | null = null): string {
  const parsed = parse(text, fleet);
  return parsed.ok ? storeUrlOf(parsed.location) : parsed.problem;
}

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
    ['redis://h/m\ud800', 'half of a character'],
    [`redis://${'/'.repeat(5_000)}`, 'longer than'],
  ])('%j is refused: %s', (text, reason) => {
    const parsed = parse(text);
    expect(parsed.ok ? '' : parsed.problem).toContain(reason);
  });

  it.each([
    ['redis://h', 'redis://h:6379'],
    ['REDIS://u:hunter2@H:7000/0', 'redis://h:7000'],
    ['redis://:hunter2@h/3?replicas=1', 'redis://h:6379/3'],
    ['rediss://h?ca=c.pem&servername=x', 'rediss://h:6379'],
    ['redis://[::1]:7000', 'redis://[::1]:7000'],
    ['redis://[::1]', 'redis://[::1]:6379'],
    ['redis+sentinel://b,a:5/main', 'redis+sentinel://a:5,b:26379/main'],
    ['redis+sentinel://a/main/0?sentinelPassword=hunter2', 'redis+sentinel://a:26379/main'],
    ['redis+sentinel://a/0', 'redis+sentinel://a:26379/0'],
    ['redis+sentinel://a/main/4', 'redis+sentinel://a:26379/main/4'],
    ['etcd://u:hunter2@b:2,a:1/', 'etcd://a:1,b:2'],
    ['etcds://a', 'etcds://a:2379'],
    ['etcd://a#night', 'etcd://a:2379#night'],
    ['etcd://a#default', 'etcd://a:2379'],
  ])('%s is told as %s, which names the same', (text, canonical) => {
    expect(told(text)).toBe(canonical);
    expect(told(canonical)).toBe(canonical);
  });

  it('keeps for the adapter what it tells nobody, with full paths', () => {
    const parsed = parse('rediss://u:p%40ss@h:1/2?ca=tls/ca.pem&cert=/abs/c.pem&replicas=1#night');
    const url = 'rediss://u:p%40ss@h:1/2?ca=%2Fw%2Frepo%2Ftls%2Fca.pem&cert=%2Fabs%2Fc.pem&replicas=1';
    expect(parsed).toEqual({ ok: true, location: { kind: 'redis', url, fleet: 'night' } });
  });

  it('names the fleet by itself or by the setting, and not by two names', () => {
    expect(told('redis://h', 'night')).toBe('redis://h:6379#night');
    expect(told('redis://h#night', 'night')).toBe('redis://h:6379#night');
    expect(told('redis://h#night', 'day')).toMatch(/names the fleet night, and the setting names day/);
    expect(told('redis://h#Night!')).toMatch(/a fleet name has/);
  });

  it.each([
    ['redis:h', 'needs a host'],
    ['redis://', 'write redis://HOST[:PORT][/DB]'],
    ['redis://a,b', 'takes one host'],
    ['redis://h:99999', 'is not HOST[:PORT]'],
    ['redis://h:x', 'is not HOST[:PORT]'],
    ['redis://h/db', 'what stands after the host'],
    ['redis+sentinel://h', 'redis+sentinel://HOST[:PORT],HOST.../MASTER[/DB]'],
    ['etcd://a:1,,b:2', 'is not HOST[:PORT]'],
    ['etcd://a:1/x', 'what stands after the host'],
    ['redis://u:hunter2@x@h', 'is written %40'],
    ['redis://u:hunter2@h!', 'is not HOST[:PORT]'],
    ['redis://u:hunter2@', 'needs a host'],
    ['redis+sentinel://a/redis:u:hunter2@b/0', 'what stands after the host'],
  ])('%s is refused: %s', (text, reason) => {
    expect(told(text)).toContain(reason);
    expect(told(text)).not.toContain('hunter2');
  });

  it('is refused as its adapter refuses it', () => {
    const flawIn = (kind: string, url: string) => `${kind} knows no ${new URL(url).search}`;
    const parsed = parseStoreUrl('redis://h?x=1', { fleetRoot: '/', fleet: null, flawIn });
    expect(parsed).toEqual({ ok: false, problem: 'redis knows no ?x=1' });
  });

  it('shows no password of something that is no URL either', () => {
    expect(JSON.stringify(parse('my://u:hunter2@h'))).not.toContain('hunter2');
    expect(JSON.stringify(parse('//u:hunter2@h'))).not.toContain('hunter2');
    expect(JSON.stringify(parse('//u:x@hunter2@h'))).not.toContain('hunter2');
  });
});

describe('the URL of a shared store', () => {
  it.each([
    ['redis://h', null, false],
    ['redis://ana@h', 'ana', false],
    ['redis://ana%40here:hush@h', 'ana@here', true],
    ['redis://:hush@h', null, true],
    // What is wrong with it, its adapter says.
    ['redis://%zz:hush@h', '%zz', true],
    ['redis+sentinel://h/m?sentinelPassword=hush', null, true],
  ])('%s names the user %s, and holds a secret: %s', (url, user, isSecret) => {
    expect([userIn(url), holdsSecret(url)]).toEqual([user, isSecret]);
  });

  it.each(['sqlite:a.db', '/w/a.db', 'no url', 'my://u:hush@h'])('is none: %s', (text) => {
    expect(parseSharedUrl(text, '/')).toEqual({ ok: false, problem: 'this is not the URL of a shared store' });
    for (const read of [publicUrl, userIn, holdsSecret])
      expect(() => read(text)).toThrow('not the URL of a shared store');
  });
});
