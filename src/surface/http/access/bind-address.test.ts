import { describe, expect, it } from 'vitest';
import { hostInUrl, isLoopback, peerOf } from './bind-address.ts';

describe('addresses', () => {
  it('of this host alone are known in every form', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', 'LocalHost', '::1', '[::1]', '::ffff:127.0.0.1']) {
      expect([host, isLoopback(host)]).toEqual([host, true]);
    }
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example', 'localhost.example', '::ffff:10.0.0.1', '']) {
      expect([host, isLoopback(host)]).toEqual([host, false]);
    }
  });

  it('stand in a URL', () => {
    expect(hostInUrl('10.0.0.1')).toBe('10.0.0.1');
    expect(hostInUrl('fd00:0:0::0007%eth0')).toBe('[fd00::7]');
    expect(hostInUrl('Brigade.Example')).toBe('brigade.example');
  });

  it('of one customer are one peer', () => {
    expect(peerOf('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(peerOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
    expect(peerOf('2001:db8:1:2::9')).toBe('2001:db8:1:2');
    expect(peerOf('2001:db8::9')).toBe('2001:db8:0:0');
    expect(peerOf('fe80::1%eth0')).toBe('fe80:0:0:0');
    expect(peerOf('')).toBe('');
  });
});
