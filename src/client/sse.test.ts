import { describe, expect, it } from 'vitest';
import { type Frame, framesOf } from './sse.ts';

async function read(pieces: readonly (string | Uint8Array)[]): Promise<Frame[]> {
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : piece));
  const frames: Frame[] = [];
  for await (const frame of framesOf(ReadableStream.from(bytes))) frames.push(frame);
  return frames;
}

describe('frames of an event stream', () => {
  it('are found wherever the stream was cut', async () => {
    const text = 'id: 1\ndata: {"a":\ndata: 1}\n\n: alive\n\nevent: end\ndata: bye\n\n';
    const wanted = [
      { event: 'message', id: '1', data: '{"a":\n1}' },
      { event: 'end', id: null, data: 'bye' },
    ];
    expect(await read([text])).toEqual(wanted);
    expect(await read(Array.from(text))).toEqual(wanted);
  });

  it('may have letters that were cut in the middle', async () => {
    const [bytes, at] = [new TextEncoder().encode('data: grüße\n\n'), 9];
    expect(await read([bytes.slice(0, at), bytes.slice(at)])).toEqual([{ event: 'message', id: null, data: 'grüße' }]);
  });

  it('are told for whole only', async () => {
    expect(await read(['id: 1\ndata: x\n\nid: 2\ndata: y\n'])).toHaveLength(1);
    expect(await read(['id: 5\n\n'])).toEqual([]);
  });

  it('have a bound', async () => {
    await expect(read(Array.from({ length: 5 }, () => 'x'.repeat(2 ** 20)))).rejects.toThrow(RangeError);
  });
});
