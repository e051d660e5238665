// A diagnosis as a person reads it at night: the root cause in one sentence, what proves it, what to do about it and whether
// that is safe; then what else there is, and who waits for whom.

import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { shellWord } from '../../../core/view/shell-word.ts';
import type { WaitsView } from '../../../core/view/views.ts';
import type { SpokenFinding, spokenDiagnosis } from '../../answer/spoken-diagnosis.ts';
import type { Look } from '../output/screen.ts';
import { waitsText } from './waits-text.ts';

type Spoken = ReturnType<typeof spokenDiagnosis>;

export function diagnosisText(spoken: Spoken, waits: WaitsView, look: Look): readonly string[] {
  const { paint } = look;
  const { findings, leftOut } = spoken;
  if (findings.length === 0) return healthyText(spoken, waits, look);
  const lines = findings.flatMap((finding, i) => [...(i === 0 ? [] : ['']), ...findingLines(finding, look)]);
  const more = leftOut > 0 ? ['', paint.faint(`… and ${leftOut} more findings, which mostly follow from these`)] : [];
  return [...lines, ...more, ...graphLines(waits, look)];
}

function healthyText({ summary, looked }: Spoken, waits: WaitsView, look: Look): readonly string[] {
  const { paint } = look;
  const others = looked.filter((each) => !summary.includes(each));
  return [
    paint.good(oneLine(summary, LENGTH)),
    ...others.map((each) => oneLine(each, LENGTH)),
    ...graphLines(waits, look),
  ];
}

function graphLines(waits: WaitsView, look: Look): readonly string[] {
  const drawn = waitsText(waits, look);
  return drawn.length === 0 ? [] : ['', look.paint.title('WHO WAITS FOR WHOM'), ...drawn];
}

function findingLines(finding: SpokenFinding, { paint }: Look): readonly string[] {
  const { code, severity, message, evidence, forMs } = finding;
  const mark = severity === 'critical' ? paint.bad : severity === 'warning' ? paint.warn : paint.strong;
  const since = forMs === null ? '' : `, for ${durationText(forMs)}`;
  return [
    mark(oneLine(message, LENGTH)),
    ...evidence.map((each) => `  ${oneLine(each, LENGTH)}`),
    ...doLines(finding, paint),
    ...otherLines(finding, paint),
    paint.faint(`  (${code}, ${severity}${since})`),
  ];
}

function doLines({ id, action, safe, next }: SpokenFinding, paint: Look['paint']): readonly string[] {
  const advice = `  ${oneLine(next, LENGTH)}`;
  if (action === null) return [advice];
  const command = rescueLine(id);
  return safe
    ? [
        advice,
        `  ${paint.strong('do this:')} ${command}`,
        `  ${paint.good('safe')} for you: it would ${oneLine(action, LENGTH)}`,
      ]
    : [
        advice,
        `  ${paint.strong('an operator may:')} ${command}`,
        `  ${paint.warn('not safe')} for you: it would ${oneLine(action, LENGTH)}, and the evidence is not enough for that`,
      ];
}

/** What else the same command does when it is asked to. */
function otherLines({ id, action, others }: SpokenFinding, paint: Look['paint']): readonly string[] {
  if (others.length === 0) return [];
  const asked = others.map((other) => ({
    ...other,
    words: `--do ${other.do}${other.to.length > 0 ? ' --to NAME' : ''}`,
  }));
  const width = Math.max(...asked.map(({ words }) => words.length));
  const head = action === null ? `  ${paint.strong('possible:')} ${rescueLine(id)} with` : '  or, with';
  return [
    head,
    ...asked.map((other) => {
      const who = other.safe ? '' : paint.warn(' (operators)');
      return `    ${other.words.padEnd(width)}  ${oneLine(other.action, LENGTH)}${who}`;
    }),
  ];
}

function rescueLine(id: string): string {
  return `brigade rescue ${shellWord(oneLine(id, LENGTH))} --reason "..."`;
}

const LENGTH = 2_000;
