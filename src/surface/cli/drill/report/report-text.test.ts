import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { goodRecord } from '../../../../../test/support/drill-record.ts';
import type { Paint } from '../../output/screen.ts';
import { textWidth } from '../../output/text-width.ts';
import { reportOf } from './report.ts';
import { reportLines } from './report-text.ts';

const same = (text: string): string => text;
const plain: Paint = { title: same, strong: same, faint: same, good: same, warn: same, bad: same };
const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
const painted: Paint = { title: red, strong: red, faint: red, good: red, warn: red, bad: red };

const good = reportOf(goodRecord);
const broken = reportOf({
  ...goodRecord,
  left: { leases: 2, waits: 0 },
  stoppedBy: 'waited 90 s for the next in line',
});

describe('the report as text', () => {
  it.each([80, 96, 100, 200])('takes at most %i columns, and never more than 100', (width) => {
    for (const report of [good, broken]) {
      const widest = Math.max(...reportLines(report, { width, paint: plain }).map(textWidth));
      expect(widest).toBeLessThanOrEqual(Math.min(width, 100));
    }
  });

  it('says the same with and without colour', () => {
    const look = { width: 80, paint: plain };
    const coloured = reportLines(good, { ...look, paint: painted }).map(stripVTControlCharacters);
    expect(coloured).toEqual(reportLines(good, look));
  });

  it('ends with the verdict', () => {
    const last = (report: typeof good): string => reportLines(report, { width: 80, paint: plain }).at(-1) ?? '';
    expect(last(good)).toBe('All 18 promises were kept.');
    expect(last(broken)).toBe('2 of 18 promises broken: all-done, nothing-left.');
  });

  it('says in what it differs from a fleet by default', () => {
    const text = reportLines(good, { width: 100, paint: plain }).join(' ');
    expect(text).toContain('a lease lives 4 s here and 300 s by default');
    expect(text).toContain('75 times sooner');
  });

  it('says why a drill ended before its end', () => {
    expect(reportLines(broken, { width: 100, paint: plain })).toContain(
      '  The drill ended before its end: waited 90 s for the next in line',
    );
  });
});
