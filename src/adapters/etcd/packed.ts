// Bodies as etcd keeps them: as they are while they are small, else compressed. A request to etcd has a limit of 1.5 MiB, and
// its database a quota; what Brigade writes compresses to a half as batches and to a seventh as states.

import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';

const compress = promisify(deflate);
const expand = promisify(inflate);

/** Below this a compressed body saves little. */
const PLAIN_BYTES = 4 * 1024;

export interface Packed {
  readonly isCompressed: boolean;
  readonly bytes: Buffer;
}

/** In the thread pool. What does not get smaller stays as it is. */
export async function pack(body: string): Promise<Packed> {
  const plain = Buffer.from(body);
  if (plain.length < PLAIN_BYTES) return { isCompressed: false, bytes: plain };
  const compressed = await compress(plain);
  return compressed.length < plain.length
    ? { isCompressed: true, bytes: compressed }
    : { isCompressed: false, bytes: plain };
}

/** Null for what is not what was packed, and for what would be larger than `bytesMax`. */
export async function unpack({ isCompressed, bytes }: Packed, bytesMax: number): Promise<string | null> {
  if (!isCompressed) return bytes.toString();
  try {
    return (await expand(bytes, { maxOutputLength: bytesMax })).toString();
  } catch {
    return null;
  }
}
