import { array, assert, integer, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DESK_MESSAGE_BYTES } from '../../ports/desk-door.ts';
import { FrameReader, frameOf } from './frames.ts';

/** What is whole so far. */
function readAll(reader: FrameReader): string[] {
  const texts: string[] = [];
  for (let text = reader.next(); text !== null; text = reader.next()) texts.push(text);
  return texts;
}

function headerOf(bytes: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes);
  return header;
}

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const texts = array(string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 20 });
    const cuts = array(integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 50 });
    assert(
      property(texts, cuts, (sent, sizes) => {
        const stream = Buffer.concat(sent.map(frameOf));
        const reader = new FrameReader();
        const heard: string[] = [];
        let at = 0;
        for (let turn = 0; at < stream.length; turn += 1) {
          const end = at + (sizes[turn % sizes.length] ?? 1);
          reader.push(stream.subarray(at, end));
          heard.push(...readAll(reader));
          at = end;
        }
        expect(heard).toEqual(sent);
        expect(reader.next()).toBeNull();
      }),
    );
  });

  it('are a length of four bytes and UTF-8', () => {
    expect([...frameOf('aä')]).toEqual([0, 0, 0, 3, 0x61, 0xc3, 0xa4]);
    expect([...frameOf('')]).toEqual([0, 0, 0, 0]);
  });

  it('give nothing before they are whole', () => {
    const reader = new FrameReader();
    const frame = frameOf('whole');
    reader.push(frame.subarray(0, frame.length - 1));
    expect(reader.next()).toBeNull();
    reader.push(frame.subarray(frame.length - 1));
    expect(readAll(reader)).toEqual(['whole']);
  });

  it('of the longest message are read; the head of a longer one is refused, after what came before it', () => {
    const longest = new FrameReader();
    longest.push(headerOf(DESK_MESSAGE_BYTES));
    expect(longest.next()).toBeNull();
    const longer = new FrameReader();
    longer.push(Buffer.concat([frameOf('before'), headerOf(DESK_MESSAGE_BYTES + 1)]));
    expect(longer.next()).toBe('before');
    expect(() => longer.next()).toThrow(RangeError);
  });
});
