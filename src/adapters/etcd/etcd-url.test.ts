import { describe, expect, it } from 'vitest';
import { parseEtcdUrl } from './etcd-url.ts';

describe('parseEtcdUrl', () => {
  it('reads hosts, with a port or without', () => {
    const parsed = parseEtcdUrl('etcd://one:4001,two.example,[::1]:4003,[fe80::1%eth0]/');
    expect(parsed).toEqual({
      ok: true,
      user: null,
      tls: null,
      endpoints: [
        { host: 'one', port: 4001, label: 'one:4001' },
        { host: 'two.example', port: 2379, label: 'two.example:2379' },
        { host: '::1', port: 4003, label: '[::1]:4003' },
        { host: 'fe80::1%eth0', port: 2379, label: '[fe80::1%eth0]:2379' },
      ],
    });
  });

  it('reads who asks, with everything special encoded', () => {
    expect(parseEtcdUrl('etcd://chef:p%40ss%3Aw%2Fo%23rd@host')).toMatchObject({
      user: { name: 'chef', password: 'p@ss:w/o#rd' },
    });
  });

  it('reads what TLS needs', () => {
    expect(parseEtcdUrl('etcds://host')).toMatchObject({ tls: { ca: null, cert: null, key: null, servername: null } });
    const url = 'ETCDS://host?ca=%2Fetc%2Fca.pem&cert=/c.pem&key=/k.pem&servername=etcd.example';
    expect(parseEtcdUrl(url)).toMatchObject({
      tls: { ca: '/etc/ca.pem', cert: '/c.pem', key: '/k.pem', servername: 'etcd.example' },
    });
  });

  it.each([
    ['redis://host', 'etcd://HOST:PORT'],
    ['etcd://', 'HOST or HOST:PORT'],
    ['etcd://one,,two', 'HOST or HOST:PORT'],
    ['etcd://host:0', 'HOST or HOST:PORT'],
    ['etcd://host:65536', 'HOST or HOST:PORT'],
    ['etcd://host/path', 'etcd://HOST:PORT'],
    ['etcd://secret@host', 'NAME:PASSWORD@'],
    ['etcd://name:secret%zz@host', 'NAME:PASSWORD@'],
    ['etcd://name:secret:more:@at@host', 'NAME:PASSWORD@'],
    ['etcd://host?ca=/x', 'for etcds://'],
    ['etcds://host?cafile=/x', '"cafile" is no parameter'],
    ['etcds://host?cert=/x', 'cert and key belong together'],
  ])('refuses %s', (url, problem) => {
    const parsed = parseEtcdUrl(url);
    expect(parsed).toEqual({ ok: false, problem: expect.stringContaining(problem) as unknown });
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});
