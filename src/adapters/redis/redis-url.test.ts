import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';

function parsed(url: string) {
  const found = parseRedisUrl(url);
  if (!found.ok) throw new Error(found.problem);
  return found;
}

describe('the URL of a Redis store', () => {
  it('names a server', () => {
    expect(parsed('redis://cache.example')).toEqual({
      ok: true,
      server: { host: 'cache.example', port: 6379 },
      sentinel: null,
      login: null,
      database: 0,
      tls: null,
      replicas: 0,
      location: 'redis://cache.example:6379',
    });
    expect(parsed('REDIS://[::1]:7000/3?replicas=2')).toMatchObject({
      server: { host: '::1', port: 7000 },
      database: 3,
      replicas: 2,
      location: 'redis://[::1]:7000/3',
    });
  });

  it('names a user and a password, which are shown to nobody', () => {
    const { login, location } = parsed('redis://ana:p%40ss:word@cache.example/0');
    expect(login).toEqual({ username: 'ana', password: 'p@ss:word' });
    expect(location).toBe('redis://cache.example:6379');
    expect(parsed('redis://:word@cache.example').login).toEqual({ username: null, password: 'word' });
  });

  it('names what TLS needs', () => {
    const files = 'ca=/etc/ca.pem&cert=/etc/own.pem&key=/etc/own.key&servername=cache';
    const tls = { ca: '/etc/ca.pem', cert: '/etc/own.pem', key: '/etc/own.key', servername: 'cache' };
    expect(parsed(`rediss://cache.example?${files}`).tls).toEqual(tls);
    expect(parsed('rediss://cache.example').tls).toEqual({ ca: null, cert: null, key: null, servername: null });
    expect(parsed(`redis+sentinel://s1,s2/fleet?tls=true&${files}`).tls).toEqual(tls);
  });

  it('names Sentinels, the same place in whatever order', () => {
    const login = 'sentinelUser=eve&sentinelPassword=a%20secret';
    const found = parsed(`redis+sentinel://:word@S2:26380,s1/my_fleet.1/4?${login}`);
    expect(found).toMatchObject({
      server: null,
      sentinel: {
        addresses: [
          { host: 's2', port: 26_380 },
          { host: 's1', port: 26_379 },
        ],
        master: 'my_fleet.1',
        login: { username: 'eve', password: 'a secret' },
      },
      login: { username: null, password: 'word' },
      database: 4,
      location: 'redis+sentinel://s1:26379,s2:26380/my_fleet.1/4',
    });
    expect(parsed('redis+sentinel://s1,S2:26380/my_fleet.1/4').location).toBe(found.location);
  });

  it.each([
    ['http://cache.example', 'begin with'],
    ['redis:cache.example', 'begin with'],
    ['redis://', 'HOST'],
    ['redis://a,b', 'redis://HOST'],
    ['redis://host:0', '0 is not a port'],
    ['redis://host:65536', '65536 is not a port'],
    ['redis://host/work', 'number of a database'],
    ['redis://host/1/2', 'number of a database'],
    ['redis://host?replicas=many', 'replicas is a number'],
    ['redis://host?replicas=17', 'replicas is a number'],
    ['redis://host?replica=1', '"replica" is not one of replicas'],
    ['redis://host?ca=/x', 'write rediss://'],
    ['rediss://host?cert=/x', 'cert and key'],
    ['redis://host?sentinelUser=x', '"sentinelUser" is not one of'],
    ['redis+sentinel://host', 'what the Sentinels call their master'],
    ['redis+sentinel://host/my%20fleet', 'only letters, digits'],
    ['redis+sentinel://host/fleet?ca=/x', 'write ?tls=true'],
    ['redis+sentinel://host/fleet?tls=maybe', 'tls is true or false'],
    ['redis+sentinel://host/fleet?sentinelUser=x', 'needs sentinelPassword'],
    ['redis://ana@host', 'a user without a password'],
    ['redis://:50%@host', '%25'],
  ])('%s is refused with what is wrong', (url, problem) => {
    expect(parseRedisUrl(url)).toEqual({ ok: false, problem: expect.stringContaining(problem) as unknown });
  });

  it.each([
    'redis://ana:SECRET@a,b',
    'redis://ana:SECRET@host?replicas=x',
    'redis+sentinel://:SECRET@host',
    'redis+sentinel://host/redis:u:SECRET@host/0',
    'redis://:SECRET%@host',
  ])('what is wrong with %s gives no secret away', (url) => {
    expect(JSON.stringify(parseRedisUrl(url))).not.toContain('SECRET');
  });
});
