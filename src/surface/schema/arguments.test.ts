import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseArguments } from './arguments.ts';

const expected = {
  tool: 'take',
  own: z.strictObject({
    names: z.array(z.string()).describe('paths, as in ["src/a.ts"]'),
    waitMs: z.int().min(0).optional().describe('milliseconds'),
    value: z.unknown(),
  }),
  common: z.object({ session: z.string().optional() }),
  nullable: ['value'],
};

function refusal(sent: unknown) {
  const parsed = parseArguments(expected, sent);
  return 'rejection' in parsed ? parsed.rejection : null;
}

describe('parseArguments', () => {
  it('takes its own and the common arguments apart', () => {
    const sent = { names: ['a'], value: 1, session: 's' };
    expect(parseArguments(expected, sent)).toEqual({ args: { names: ['a'], value: 1 }, common: { session: 's' } });
  });

  it('takes null for an argument that was left out, where null is no value', () => {
    const sent = { names: ['a'], waitMs: null, value: null, session: null };
    expect(parseArguments(expected, sent)).toEqual({ args: { names: ['a'], value: null }, common: {} });
  });

  it.each([
    [undefined, 'names', 'names is missing; value is missing', 'Write names: paths, as in ["src/a.ts"].'],
    [
      { names: 'a', value: 1 },
      'names',
      'names: expected array, received string',
      'Write names: paths, as in ["src/a.ts"].',
    ],
    [
      { names: ['a', 2], value: 1 },
      'names[1]',
      'names[1]: expected string, received number',
      'Write names: paths, as in ["src/a.ts"].',
    ],
    [
      { names: [], value: 1, waitMs: 'soon' },
      'waitMs',
      'waitMs: expected number, received string',
      'Write waitMs: milliseconds.',
    ],
    [{ names: [], value: 1, session: 4 }, 'session', 'session: expected string, received number', 'Correct session.'],
    [{ names: [] }, 'value', 'value is missing', 'Give value.'],
  ])('refuses %j, naming the path and what to write', (sent, path, message, next) => {
    const rejection = refusal(sent);
    expect(rejection).toMatchObject({ code: 'INVALID_ARGUMENT', next, details: { path } });
    expect(rejection?.message).toContain(message);
  });

  it('refuses an argument it does not have, and says which one was meant', () => {
    expect(refusal({ names: [], value: 1, wait_ms: 5 })).toMatchObject({
      details: { path: 'wait_ms' },
      next: 'Write waitMs.',
    });
    expect(refusal({ names: [], value: 1, colour: 5 })?.next).toBe('Its arguments are names, waitMs, value, session.');
    expect(refusal(JSON.parse('{"names":[],"value":1,"__proto__":{"a":1}}'))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it.each([[[]], ['text'], [7]])('refuses %j as arguments', (sent) => {
    expect(refusal(sent)?.message).toBe('take: the arguments are not an object.');
  });

  it('names a few flaws of many, and never repeats what was sent', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`.padEnd(2_000, 'y'), i]));
    expect(JSON.stringify(refusal({ names: [], value: 1, ...many })).length).toBeLessThan(2_500);
  });
});
