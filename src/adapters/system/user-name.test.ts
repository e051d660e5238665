import { expect, it } from 'vitest';
import { userNameForIds } from './user-name.ts';

it.each([
  ['ana', 'ana'],
  ['José', 'jose'],
  ['DOMAIN\\Ana.Lopez', 'domainanalopez'],
  ['../../x', 'x'],
  ['田中', 'user'],
  ['', 'user'],
  ['a'.repeat(80), 'a'.repeat(24)],
])('%j becomes %j', (name, expected) => {
  expect(userNameForIds(name)).toBe(expected);
});

it('this account has one', () => {
  expect(userNameForIds()).toMatch(/^[a-z0-9]{1,24}$/);
});
