// Text of agents on its way to a person's terminal. Reasons, names and purposes are written by somebody else: a line break
// would forge a second line, an escape sequence would repaint the screen, and a direction mark would turn names around.

const DEFAULT_LENGTH = 200;

/** Nothing in it has to be looked at: printable ASCII, with single spaces between. Most texts are, and every event has some. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** `text` on one line without control, escape and direction characters, cut at `length` code points with an ellipsis. */
export function oneLine(text: string, length: number = DEFAULT_LENGTH): string {
  if (text.length <= length && PLAIN.test(text)) return text;
  const points: string[] = [];
  let spaceBefore = false;
  for (const point of text) {
    if (breaksLine(point.codePointAt(0) as number)) {
      spaceBefore = points.length > 0;
      continue;
    }
    const needed = spaceBefore ? 2 : 1;
    if (points.length + needed > length) return `${points.slice(0, length - 1).join('')}…`;
    if (spaceBefore) points.push(' ');
    points.push(point);
    spaceBefore = false;
  }
  return points.join('');
}

function breaksLine(code: number): boolean {
  if (code <= 0x20 || (code >= 0x7f && code <= 0xa0)) return true;
  if (code === 0x2028 || code === 0x2029 || code === 0xfeff || code === 0x061c) return true;
  if (code === 0xad || code === 0x180e || (code >= 0xfff9 && code <= 0xfffb)) return true;
  // Letters that nobody sees and an agent reads.
  if (code >= 0xe0000 && code <= 0xe007f) return true;
  const isDirectionMark = (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e);
  return isDirectionMark || (code >= 0x2060 && code <= 0x206f) || (code >= 0xd800 && code <= 0xdfff);
}
