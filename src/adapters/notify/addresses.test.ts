import { describe, expect, it } from 'vitest';
import { endpointOf } from '../../ports/endpoint.ts';
import { type Address, checkedAddresses } from './addresses.ts';

async function judged(host: string, addresses: readonly string[] = [], allowPrivate = false): Promise<string> {
  const url = new URL(`https://${host}/alerts`);
  const found: readonly Address[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const answer = await checkedAddresses(url, allowPrivate, () => Promise.resolve(found));
  return typeof answer === 'string' ? answer : answer.map(({ address }) => address).join(' ');
}

describe('a name', () => {
  it('is used when every address of it is public', async () => {
    expect(await judged('ops.example', ['93.184.216.34', '2606:2800:220:1::1'])).toBe(
      '93.184.216.34 2606:2800:220:1::1',
    );
  });

  it('is refused when one of its addresses is not, wherever it stands', async () => {
    expect(await judged('ops.example', ['93.184.216.34', '10.0.0.8'])).toBe(
      'ops.example is in the range private, where nothing is sent',
    );
    expect(await judged('ops.example', ['fe80::1', '93.184.216.34'])).toContain('linkLocal');
  });

  it('is refused without any address, and with one that is none', async () => {
    expect(await judged('ops.example')).toBe('ops.example has no address');
    expect(await judged('ops.example', ['kitchen'])).toContain('no address');
  });
});

describe.each([
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['192.168.1.1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.8.8.8', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['169.254.1.1', 'linkLocal'],
  ['169.254.169.254', 'linkLocal'],
  ['100.64.0.1', 'carrierGradeNat'],
  ['100.100.100.200', 'a metadata service'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['240.0.0.1', 'reserved'],
  ['192.0.2.1', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['::1', 'loopback'],
  ['::', 'unspecified'],
  ['fe80::1', 'linkLocal'],
  ['fc00::1', 'uniqueLocal'],
  ['fd00:ec2::254', 'a metadata service'],
  ['ff02::1', 'multicast'],
  ['::ffff:10.0.0.1', 'private'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:169.254.169.254', 'linkLocal'],
  ['64:ff9b::a9fe:a9fe', 'rfc6052'],
  ['2002:0a00:0001::1', '6to4'],
  ['2001:0:1::1', 'teredo'],
  ['2001:db8::1', 'reserved'],
])('the address %s', (address, range) => {
  it('is refused, by name and as it is', async () => {
    expect(await judged('ops.example', [address])).toContain(range);
    // This host itself may be named in so many words.
    if (range === 'loopback' && !address.includes('ffff')) return;
    expect(await judged(address.includes(':') ? `[${address}]` : address)).toContain(range);
  });

  it('is refused also to a target in a private network, unless it may lie in one', async () => {
    const mayBe = ['private', 'uniqueLocal', 'carrierGradeNat', 'loopback'].includes(range);
    expect(await judged('ops.example', [address], true)).toBe(
      mayBe
        ? address
        : `ops.example is ${range.startsWith('a ') ? range : `in the range ${range}`}, where nothing is sent`,
    );
  });
});

describe('this host', () => {
  it.each(['localhost', '127.0.0.1', '[::1]', '2130706433', '0x7f.1'])('may be named as %s', async (host) => {
    expect(await judged(host, ['127.0.0.1'])).toMatch(/^(127\.0\.0\.1|::1)$/);
  });

  it('is reached by no other name', async () => {
    expect(await judged('localhost.example', ['127.0.0.1'])).toContain('loopback');
  });
});

describe('an address in a policy', () => {
  it.each([
    ['https://ops.example/alerts?of=brigade', null],
    ['https://ops.example:8443', null],
    ['http://localhost:3000/alerts', null],
    ['http://127.0.0.1:3000/', null],
    ['http://[::1]:3000/', null],
    ['http://ops.example/', 'http is for this host alone'],
    ['http://127.0.0.1.example/', 'http is for this host alone'],
    ['https://ana:secret@ops.example/', 'user name or password'],
    ['ftp://ops.example/', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['ops.example', 'is no address'],
    ['', 'is no address'],
  ])('%s', (url, flaw) => {
    const endpoint = endpointOf({ url });
    expect(typeof endpoint === 'string' ? endpoint : '').toContain(flaw ?? '');
    expect(typeof endpoint === 'string').toBe(flaw !== null);
  });

  it('may use http in a private network where the target says so', () => {
    expect(endpointOf({ url: 'http://ops.internal/', allowPrivate: true })).toBeInstanceOf(URL);
  });
});
