import { describe, expect, it } from 'vitest';
import { ancestorsOf, anchorPathOf, isBeneath } from './key-paths.ts';

describe('where a key lies', () => {
  it.each([
    ['', []],
    ['src', ['']],
    ['src/core/a.ts', ['', 'src', 'src/core']],
  ])('the folders above %j are %j', (path, ancestors) => {
    expect(ancestorsOf(path)).toEqual(ancestors);
  });

  it.each([
    ['src/a', 'src', true],
    ['src', 'src', false],
    ['srcs/a', 'src', false],
    ['src', '', true],
    ['', '', false],
  ])('%j lies beneath %j: %s', (path, folder, expected) => {
    expect(isBeneath(path, folder)).toBe(expected);
  });

  it.each([
    ['src/**/*.ts', 'src'],
    ['src/a*/b', 'src'],
    ['*.ts', ''],
    ['{src,lib}/**', ''],
    ['app/%5Bid%5D/*', 'app/[id]'],
  ])('all that %s matches lies beneath %j', (path, folder) => {
    expect(anchorPathOf({ form: 'glob', kind: 'file', space: 'w', path })).toBe(folder);
  });
});
