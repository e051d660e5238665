// Messages on a stream of bytes: four bytes of length, most significant first, then so many bytes of UTF-8 text. A stream
// cuts and joins as it likes, so what has come is kept until a message is whole; never more is kept than has come.

import { DESK_MESSAGE_BYTES } from '../../ports/desk-door.ts';

const HEADER_BYTES = 4;

/** The message as it goes out. Throws `RangeError` when it is longer than a message may be. */
export function frameOf(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  if (bytes > DESK_MESSAGE_BYTES) throw tooLong(bytes);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes);
  frame.writeUInt32BE(bytes, 0);
  frame.write(text, HEADER_BYTES, 'utf8');
  return frame;
}

export class FrameReader {
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  /** Of the message that is coming; null while its length is not known. */
  #bodyBytes: number | null = null;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
  }

  /** The next whole message; null when more must come first. Throws `RangeError` at the head of one that is too long. */
  next(): string | null {
    if (this.#bodyBytes === null) {
      if (this.#heldBytes < HEADER_BYTES) return null;
      const bytes = this.#take(HEADER_BYTES).readUInt32BE(0);
      if (bytes > DESK_MESSAGE_BYTES) throw tooLong(bytes);
      this.#bodyBytes = bytes;
    }
    if (this.#heldBytes < this.#bodyBytes) return null;
    const body = this.#take(this.#bodyBytes);
    this.#bodyBytes = null;
    return body.toString('utf8');
  }

  #take(bytes: number): Buffer {
    const [first] = this.#chunks;
    const held = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#chunks = held.length === bytes ? [] : [held.subarray(bytes)];
    this.#heldBytes -= bytes;
    return held.subarray(0, bytes);
  }
}

function tooLong(bytes: number): RangeError {
  return new RangeError(`A message of ${bytes} bytes is longer than the ${DESK_MESSAGE_BYTES} that may pass.`);
}
