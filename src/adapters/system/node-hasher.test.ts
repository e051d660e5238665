import { expect, it } from 'vitest';
import { nodeHasher } from './node-hasher.ts';

it('hashes the UTF-8 of all parts as one text', () => {
  expect(nodeHasher.sha256Hex()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(nodeHasher.sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(nodeHasher.sha256Hex('a', '', 'bc')).toBe(nodeHasher.sha256Hex('abc'));
  expect(nodeHasher.sha256Hex('é')).not.toBe(nodeHasher.sha256Hex('e\u0301'));
});

it('compares digests with whatever was sent', () => {
  const digest = nodeHasher.sha256Hex('abc');
  expect(nodeHasher.isSameDigest(digest, nodeHasher.sha256Hex('abc'))).toBe(true);
  // As many characters and more bytes; once that was an exception.
  for (const sent of ['', digest.slice(1), `${digest.slice(1)}é`, `${digest}a`, digest.toUpperCase()]) {
    expect(nodeHasher.isSameDigest(digest, sent)).toBe(false);
  }
});
