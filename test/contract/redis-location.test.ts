import { expect, it } from 'vitest';
import { parseStoreUrl, storeUrlOf } from '../../src/app/store-url.ts';
import { storeFrom } from './store-config.ts';

// What an open store calls itself and what its URL stands for before it is opened are one text: hosts compare it.
it.each([
  'redis://cache.example',
  'redis://ana:secret@Cache.Example:6379/0?replicas=1',
  'redis://[::1]:7000/3',
  'rediss://cache.example/12?ca=/etc/ca.pem&servername=cache',
  'redis+sentinel://:secret@s2,S1:26380/fleet?tls=true&sentinelPassword=secret',
  'redis+sentinel://s1/fleet/4',
])('%s is one place, whoever names it', (url) => {
  for (const fleet of ['default', 'kitchen']) {
    const parsed = parseStoreUrl(url, { fleetRoot: '/', fleet });
    if (!parsed.ok) throw new Error(parsed.problem);
    const named = storeUrlOf(parsed.location);
    expect(storeFrom({ kind: 'redis', url, fleet }).traits.location).toBe(named);
    expect(named).not.toContain('secret');
  }
});
