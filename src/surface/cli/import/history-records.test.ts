import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containing } from '../../../../test/support/matching.ts';
import { LINE_BYTES } from './history-lines.ts';
import { type HistoryRecord, recordsOf } from './history-records.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-history-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = 'agent_id,time,risk_score,decision';

async function read(...parts: readonly (string | Buffer)[]): Promise<readonly HistoryRecord[]> {
  const path = join(folder, 'history.csv');
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  const found: HistoryRecord[] = [];
  for await (const record of recordsOf(path, 'ana')) found.push(record);
  return found;
}

/** Rows as `line: cells`, refusals as `line! what`. */
async function told(...parts: readonly (string | Buffer)[]): Promise<readonly string[]> {
  return (await read(...parts)).flatMap((record) => {
    if (record.kind === 'header') return [];
    if (record.kind === 'row') return [`${record.line}: ${record.row.join('|')}`];
    return [`${record.refusal.line}! ${record.refusal.message}`];
  });
}

describe('a history file', () => {
  it('with cells of nothing but digits is read at once', async () => {
    const digits = '1'.repeat(LINE_BYTES - 100);
    const rows = Array.from({ length: 20 }, () => `ana,0.1,${digits}x,approve`).join('\n');
    expect(await told(`${HEADER}\n${rows}`)).toHaveLength(20);
  });

  it('is read line by line, with LF or CRLF, a mark, empty lines, and without a last line end', async () => {
    expect(await told(`${HEADER}\nana,0.100,0.15,approve\n`)).toEqual(['2: ana|0.100|0.15|approve']);
    const crlf = `\uFEFF${HEADER}\r\n\r\nana,0.100,0.15,approve\r\nana,0.200,nan,"a ""b"""`;
    expect(await told(crlf)).toEqual(['3: ana|0.100|0.15|approve', '4: ana|0.200|nan|a "b"']);
  });

  it('refuses wrong lines by number and takes those before and after', async () => {
    const lines = [
      HEADER,
      'ana,0.1,0.15,approve',
      'ana,0.2,0.15',
      'ana,0.3,0.15,approve,more',
      'ana,0.4,high,approve',
      'bo,0.5,0.15,approve',
      'ana,0.6,"0.15,approve',
      'ana,0.7,0.1"5,approve',
      `ana,0.8,0.15,${'x'.repeat(LINE_BYTES)}`,
      'ana,0.9,-inf,approve',
      ',1.0,,',
    ];
    expect(await told(lines.join('\n'))).toEqual([
      '2: ana|0.1|0.15|approve',
      '3! It has 3 cells, and there are 4 columns.',
      '4! It has 5 cells, and there are 4 columns.',
      '5! risk_score is "high", which is no number.',
      '6! It is a line of "bo", and the file is ana\'s.',
      '7! A quote is not closed.',
      '8! A quote stands where none may.',
      `9! It is longer than ${LINE_BYTES} bytes.`,
      '10: ana|0.9|-inf|approve',
      '11: |1.0||',
    ]);
  });

  it('refuses a line that is not UTF-8', async () => {
    const latin = Buffer.from('ana,0.2,0.15,caf\u00e9\n', 'latin1');
    expect(await told(`${HEADER}\n`, latin, 'ana,0.3,0.15,approve\n')).toEqual([
      '2! It is not UTF-8.',
      '3: ana|0.3|0.15|approve',
    ]);
  });

  it('keeps a cell that goes over several lines, in a column of its own', async () => {
    const text = `${HEADER},note\r\nana,0.1,0.15,approve,"one\r\ntwo"\r\nana,0.2,0.15,approve,"x\ny"\n`;
    expect(await told(text)).toEqual(['2: ana|0.1|0.15|approve|one\r\ntwo', '4: ana|0.2|0.15|approve|x\ny']);
  });

  it('does not let a quote that was never closed swallow what follows', async () => {
    const more = Array.from({ length: 40 }, (_, i) => `ana,${i},0.15,approve`);
    const found = await told([HEADER, 'ana,0.1,0.15,"approve', ...more, 'ana,99,0.15,approve"'].join('\n'));
    expect(found.filter((line) => line.includes('!'))).toEqual([
      '2! A quote is not closed.',
      '43! A quote stands where none may.',
    ]);
    expect(found).toHaveLength(42);
    const near = [HEADER, 'ana,0.1,0.15,"approve', 'ana,0.2,0.15,approve', 'ana,0.3,0.15,approve"'].join('\n');
    expect(await told(near)).toEqual([
      '2! A quote is not closed.',
      '3: ana|0.2|0.15|approve',
      '4! A quote stands where none may.',
    ]);
  });

  it('reads columns in any order, with others among them, under trimmed names', async () => {
    const [header] = await read('time , extra,agent_id\n0.1,x,ana\n');
    expect(header).toEqual({ kind: 'header', columns: ['time', 'extra', 'agent_id'] });
  });

  it.each([
    ['', 'It is empty.'],
    ['ana,0.1,0.15,approve\n', 'names none of the columns'],
    ['<html>\n', 'names none of the columns'],
    ['"agent_id,time\n', 'A quote is not closed'],
  ])('is none: %j', async (text, message) => {
    expect(await read(text)).toEqual([
      { kind: 'no history', refusal: { line: 1, message: containing(message), next: containing('') } },
    ]);
  });

  it('is none in UTF-16', async () => {
    expect(await told(Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le'))).toEqual(['1! It is written in UTF-16.']);
  });

  it('of very long lines takes no more memory than one', async () => {
    const long = Buffer.alloc(8 * 1024 * 1024, 'x');
    expect(await told(`${HEADER}\n`, long, '\nana,0.3,0.15,approve')).toEqual([
      `2! It is longer than ${LINE_BYTES} bytes.`,
      '3: ana|0.3|0.15|approve',
    ]);
  });
});
