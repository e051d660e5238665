// Frames of an event stream (`text/event-stream`), out of the pieces in which it arrives.

export interface Frame {
  /** What it is; `message` where it does not say. */
  readonly event: string;
  /** Null where it has none. */
  readonly id: string | null;
  readonly data: string;
}

/** A frame longer than this is none of Brigade's: the stream is given up instead of kept in memory. */
const FRAME_MAX = 4 * 1024 * 1024;

/** Yields each whole frame. Comments, which keep a stream alive, are passed over. Throws for a frame without an end. */
export async function* framesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    rest += decoder.decode(piece, { stream: true });
    const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
    rest = blocks.pop() ?? '';
    if (rest.length > FRAME_MAX) throw new RangeError('a frame of the event stream has no end');
    for (const block of blocks) {
      const frame = frameOf(block);
      if (frame !== null) yield frame;
    }
  }
}

function frameOf(block: string): Frame | null {
  let [event, id]: [string, string | null] = ['message', null];
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') event = value;
    else if (name === 'id') id = value;
    else if (name === 'data') data.push(value);
  }
  return data.length === 0 ? null : { event, id, data: data.join('\n') };
}
