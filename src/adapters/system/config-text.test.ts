import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfigText } from './config-text.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads the file, and answers null where there is none', () => {
  expect(readConfigText(folder)).toBeNull();
  expect(readConfigText(join(folder, 'none'))).toBeNull();
  writeFileSync(join(folder, 'config.json'), '{}');
  expect(readConfigText(folder)).toEqual({ path: join(folder, 'config.json'), text: '{}' });
});

it('refuses what is no file, and says which', () => {
  mkdirSync(join(folder, 'config.json'));
  expect(() => readConfigText(folder)).toThrow(`${join(folder, 'config.json')} cannot be read (EISDIR)`);
});
