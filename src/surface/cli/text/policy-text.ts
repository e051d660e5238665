// Policies as people read them.

import type { ExplainedSetting } from '../../../core/governance/explain-policy.ts';
import type { SettingValue } from '../../../core/governance/policy-settings.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { PolicyView } from '../../../core/view/views.ts';
import { hanging } from '../drill/screen/wrap.ts';
import type { Look } from '../output/screen.ts';
import { type Column, tableLines } from '../output/table.ts';

const LINE = 200;
const INDENT = '    ';

/** Who put it in force and when; the defaults are nobody's. */
export function adoptionText(adopted: PolicyView['adopted']): string {
  if (adopted === null) return 'the defaults; nobody has adopted a policy';
  const { seq, by, adoptedAt, reason } = adopted;
  const why = reason === '' ? '' : `, because: ${oneLine(reason).replace(/\.$/, '')}`;
  return `number ${seq}, adopted by ${oneLine(by)} at ${adoptedAt}${why}`;
}

export function diffLines(diff: readonly string[], { paint }: Look): readonly string[] {
  return diff.map((line) => `  ${paint.strong(oneLine(line, LINE))}`);
}

/** One line for each setting: its value, and who says so. */
export function settingLines(settings: readonly ExplainedSetting[], { width, paint }: Look): readonly string[] {
  const columns: readonly Column<ExplainedSetting>[] = [
    { title: 'SETTING', text: ({ name }) => name, paint: paint.strong },
    { title: 'VALUE', text: ({ name, value }) => valueText(name, value) },
    { title: 'FROM', text: fromText, cut: 'middle', paint: paint.faint },
  ];
  return tableLines(columns, settings, { width, title: paint.title });
}

/** The same with what it means, and why its default is so. */
export function explainedLines(settings: readonly ExplainedSetting[], { width, paint }: Look): readonly string[] {
  return settings.flatMap((setting) => {
    const { name, value, means, why } = setting;
    const fallback = valueText(name, setting.default);
    return [
      '',
      `${paint.strong(name)}  ${valueText(name, value)}  ${paint.faint(fromText(setting))}`,
      ...hanging(INDENT, means, width),
      ...hanging(INDENT, `Default ${fallback}: ${why}`, width).map(paint.faint),
    ];
  });
}

function fromText({ from, pattern }: ExplainedSetting): string {
  return from === 'pattern' ? `agents[${JSON.stringify(pattern)}]` : from;
}

function valueText(name: string, value: SettingValue): string {
  if (value === null) return 'never';
  return name.endsWith('Ms') ? `${value} (${durationText(Number(value))})` : String(value);
}
