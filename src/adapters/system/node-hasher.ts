// SHA-256 by Node.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Hasher } from '../../ports/hasher.ts';

export const nodeHasher: Hasher = {
  sha256Hex: (...parts) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part, 'utf8');
    return hash.digest('hex');
  },
  hmacSha256Hex: (key, text) => createHmac('sha256', key).update(text, 'utf8').digest('hex'),
  isSameDigest: (one, other) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other)),
};
