import { describe, expect, it } from 'vitest';
import { containing } from '../../../../test/support/matching.ts';
import { type FoundRecord, readMetadata } from './metadata-file.ts';

function read(text: string): readonly FoundRecord[] {
  const found = readMetadata(new TextEncoder().encode(text));
  if ('message' in found) throw new Error(found.message);
  return found;
}

function refusedWhole(bytes: Uint8Array | string) {
  const found = readMetadata(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  return 'message' in found ? found : null;
}

function changesOf(found: FoundRecord | undefined) {
  return found?.refusal === null ? found.changed.map(({ field, was, became }) => [field, was, became]) : null;
}

describe('agent_metadata.json', () => {
  it('is read record by record, with every field and the line of each', () => {
    const text = '\uFEFF{\r\n "ana": {"a": 1, "deep": {"list": [1, null, {"x": "\\ud83d\\ude00"}]}},\r\n "bo": {}\r\n}';
    expect(read(text)).toEqual([
      { agentId: 'ana', line: 2, record: { a: 1, deep: { list: [1, null, { x: '😀' }] } }, changed: [], refusal: null },
      { agentId: 'bo', line: 3, record: {}, changed: [], refusal: null },
    ]);
  });

  it('keeps as text what JSON has no number for, or a number would not keep', () => {
    const [found] = read(
      '{"ana": {"n": NaN, "i": [Infinity, -Infinity], "big": 12345678901234567890, "far": 1e400, "ok": 0.1536}}',
    );
    expect(found).toMatchObject({
      record: { n: 'NaN', i: ['Infinity', '-Infinity'], big: '12345678901234567890', far: '1e400', ok: 0.1536 },
    });
    expect(changesOf(found)).toEqual([
      ['n', 'NaN', '"NaN"'],
      ['i[0]', 'Infinity', '"Infinity"'],
      ['i[1]', '-Infinity', '"-Infinity"'],
      ['big', '12345678901234567890', '"12345678901234567890"'],
      ['far', '1e400', '"1e400"'],
    ]);
  });

  it.each(['1', '-1', '0', '0.0', '1.5e3', '9007199254740991', '0.1234567890123456', '1E-7'])(
    'keeps the number %s',
    (number) => {
      const [found] = read(`{"ana": {"n": ${number}}}`);
      expect(found).toMatchObject({ record: { n: Number(number) }, changed: [] });
    },
  );

  it('takes the last of a field that stands there twice, and keeps the others beside it', () => {
    const [found] = read('{"ana": {"n": "one", "n (1)": "taken", "n": "two", "in": {"x": 1, "x": 2}, "n": "three"}}');
    expect(found).toMatchObject({
      record: { n: 'three', 'n (1)': 'taken', 'n (2)': 'one', 'n (3)': 'two', in: { x: 2, 'x (1)': 1 } },
    });
    expect(changesOf(found)).toEqual([
      ['n', '"one"', 'n (2)'],
      ['n', '"two"', 'n (3)'],
      ['in.x', '1', 'x (1)'],
    ]);
  });

  it('keeps fields whose names mean something to a program', () => {
    const [found] = read('{"ana": {"__proto__": {"x": 1}, "constructor": "c", "toString": 1}}');
    const record = found?.refusal === null ? found.record : {};
    expect(JSON.stringify(record)).toBe('{"__proto__":{"x":1},"constructor":"c","toString":1}');
    expect(Object.keys(record)).toEqual(['__proto__', 'constructor', 'toString']);
  });

  it('refuses an agent that stands there again, by the line of the one that counts', () => {
    const [first, second] = read('{"ana": {"n": 1},\n"ana": {"n": 2}}');
    expect(first?.refusal).toMatchObject({
      line: 1,
      message: '"ana" stands there again in line 2, and the last one counts.',
    });
    expect(second).toMatchObject({ record: { n: 2 }, refusal: null });
  });

  it.each([['null'], ['[]'], ['"text"'], ['5'], ['NaN']])('refuses %s, which is no record, alone', (value) => {
    const [first, second] = read(`{"ana": ${value},\n"bo": {}}`);
    expect(first?.refusal).toMatchObject({ line: 1, message: containing('not a record') });
    expect(second?.refusal).toBeNull();
  });

  it('refuses the record with a line that is not UTF-8, alone', () => {
    const bytes = Buffer.from('{"ana": {\n"notes": "caf\u00e9"},\n"bo": {"notes": "\uFFFD"}}', 'latin1');
    const fine = Buffer.concat([bytes.subarray(0, bytes.length - 4), Buffer.from('\uFFFD"}}')]);
    const found = readMetadata(fine) as readonly FoundRecord[];
    expect(found[0]?.refusal).toMatchObject({ message: 'Line 2 is not UTF-8.' });
    expect(found[1]).toMatchObject({ refusal: null, record: { notes: '\uFFFD' } });
  });

  it('refuses a record of endless depth alone, and a file of it with a clear word', () => {
    const deep = `${'['.repeat(70)}${']'.repeat(70)}`;
    const [first, second] = read(`{"ana": {"x": ${deep}}, "bo": {}}`);
    expect(first?.refusal).toMatchObject({ message: 'It is nested too deeply.' });
    expect(second?.refusal).toBeNull();
    expect(refusedWhole('['.repeat(500_000))).toMatchObject({ message: 'It is nested too deeply.' });
  });

  it('passes over comments and a comma too many', () => {
    expect(read('{"ana": {"a": 1, /* old */ "b": [1, 2,],}, // last\n}')).toMatchObject([
      { record: { a: 1, b: [1, 2] } },
    ]);
  });

  it.each([
    ['{"ana": {"a": 1}\n "bo": {}}', 2, 'comma expected in line 2, column 2'],
    ['{"ana": {"a": 1', 1, 'in line 1'],
    ['', 1, 'in line 1'],
    ['[{"agent_id": "ana"}]', 1, 'no JSON object'],
  ])('refuses %j whole, by the line', (text, line, message) => {
    expect(refusedWhole(text)).toMatchObject({ line, message: containing(message) });
  });

  it('refuses UTF-16', () => {
    expect(refusedWhole(Buffer.from('\uFEFF{}', 'utf16le'))).toMatchObject({ message: 'It is written in UTF-16.' });
  });
});
