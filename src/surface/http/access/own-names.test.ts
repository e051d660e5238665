import { describe, expect, it } from 'vitest';
import { OwnNames, type RequestNames } from './own-names.ts';

const HERE = new OwnNames('127.0.0.1', []);
const ELSEWHERE = new OwnNames('0.0.0.0', ['brigade.example']);

function asked(parts: Partial<RequestNames>): RequestNames {
  return {
    host: '127.0.0.1:7420',
    origin: undefined,
    fetchSite: undefined,
    fetchMode: undefined,
    localAddress: undefined,
    ...parts,
  };
}

describe('the name that a request was sent to', () => {
  it.each(['127.0.0.1', '127.0.0.1:7420', 'localhost:7420', 'LOCALHOST', '[::1]:7420', '0x7f.1'])(
    'is %s: ours',
    (host) => {
      expect(HERE.refuse(asked({ host }))).toBeNull();
    },
  );

  it.each([
    'evil.example',
    'evil.example:7420',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example@127.0.0.1:7420, evil.example',
    '127.0.0.1, evil.example',
    'localhost.',
    '192.168.1.7:7420',
    '',
    'a b',
    '[::1',
  ])('is %s: not ours', (host) => {
    expect(HERE.refuse(asked({ host }))).toMatchObject({
      code: 'CREDENTIAL_WRONG',
      next: expect.stringContaining('--allow-host') as string,
    });
  });

  it('may be one that was given, or the address at which the connection came in', () => {
    expect(ELSEWHERE.refuse(asked({ host: 'brigade.example' }))).toBeNull();
    expect(ELSEWHERE.refuse(asked({ host: '10.0.0.5:7420', localAddress: '::ffff:10.0.0.5' }))).toBeNull();
    expect(ELSEWHERE.refuse(asked({ host: 'evil.example', localAddress: '10.0.0.5' }))).not.toBeNull();
    expect(new OwnNames('fd00::7', []).refuse(asked({ host: '[fd00:0::7]:7420' }))).toBeNull();
  });

  it('keeps no more names than there can be', () => {
    const names = new OwnNames('127.0.0.1', []);
    for (let port = 1; port < 1_000; port += 1) names.refuse(asked({ host: `localhost:${port}` }));
    expect(names.refuse(asked({ host: 'evil.example' }))).not.toBeNull();
  });
});

describe('the page that asks', () => {
  it.each(['http://127.0.0.1:7420', 'http://localhost:7420', 'http://[::1]:7420'])('is %s: ours', (origin) => {
    expect(HERE.refuse(asked({ origin, fetchSite: 'same-origin' }))).toBeNull();
  });

  it.each([
    'http://localhost:3000',
    'http://localhost',
    'https://localhost',
    'http://evil.example',
    'http://evil.example:7420',
    'http://localhost.evil.example:7420',
    'null',
    'file://',
    'chrome-extension://abcdef',
    'vscode-webview://localhost:7420',
    'http://',
    'x',
  ])('is %s: not ours', (origin) => {
    expect(HERE.refuse(asked({ origin }))).toMatchObject({ code: 'CREDENTIAL_WRONG' });
  });

  it('may be one of a name that was given, whatever stands before us says of the port', () => {
    expect(
      ELSEWHERE.refuse(asked({ host: '10.0.0.5:7420', localAddress: '10.0.0.5', origin: 'https://brigade.example' })),
    ).toBeNull();
    expect(ELSEWHERE.refuse(asked({ host: 'brigade.example', origin: 'https://evil.example' }))).not.toBeNull();
    expect(ELSEWHERE.refuse(asked({ host: 'brigade.example', origin: 'http://localhost:7420' }))).not.toBeNull();
  });

  it('of another site has nothing but a link', () => {
    for (const fetchSite of ['cross-site', 'same-site']) {
      expect(HERE.refuse(asked({ fetchSite, fetchMode: 'no-cors' }))).not.toBeNull();
      expect(HERE.refuse(asked({ fetchSite, fetchMode: 'cors' }))).not.toBeNull();
      expect(HERE.refuse(asked({ fetchSite, fetchMode: 'navigate' }))).toBeNull();
    }
    expect(HERE.refuse(asked({ fetchSite: 'none', fetchMode: 'navigate' }))).toBeNull();
  });
});
