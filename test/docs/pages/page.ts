// A page of the documentation as something to be carried out: commands of its `sh` blocks line by line, the `text` block behind one as
// what is to be seen, and what a client does meanwhile, which stands in a comment that no reader sees:
//
//   <!-- played: codex is denied cart.js -->
//
// A command that does not end with 0 says so in its remark: `# exit code 4`.

export type Step =
  | { readonly kind: 'run'; readonly line: string; readonly exitCode: number }
  | { readonly kind: 'play'; readonly what: string }
  /** What the step before is to show: lines in this order, others between. */
  | { readonly kind: 'see'; readonly text: string };

const PART = /<!-- played: (?<play>.+?) -->|^```(?<language>\w*)\n(?<code>[\s\S]*?)^```$/gm;

export function stepsIn(markdown: string): readonly Step[] {
  const steps: Step[] = [];
  let end = 0;
  for (const { groups = {}, index, 0: whole } of markdown.matchAll(PART)) {
    const { play, language, code = '' } = groups;
    // Text belongs to the step before it only where little stands between.
    const between = markdown.slice(end, index);
    if (play !== undefined) steps.push(...play.split('; ').map((what) => ({ kind: 'play', what }) as const));
    else if (language === 'sh') steps.push(...commandsIn(code));
    else if (language === 'text' && steps.length > 0 && !between.includes('\n#'))
      steps.push({ kind: 'see', text: code });
    end = index + whole.length;
  }
  return steps;
}

function commandsIn(code: string): readonly Step[] {
  const lines = code.replaceAll('\\\n', ' ').split('\n');
  const steps: Step[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const first = lines[i] ?? '';
    const [, mark] = /<<'?(\w+)'?/.exec(first) ?? [];
    const last = mark === undefined ? i : lines.indexOf(mark, i);
    const whole = lines.slice(i, last + 1).join('\n');
    i = last;
    const [, line = '', remark = ''] = /^(.*?)(?:(?:^|\s+)# (.*))?$/s.exec(whole) ?? [];
    if (line.trim() === '') continue;
    steps.push({ kind: 'run', line: line.trim(), exitCode: Number(/exit code (\d+)/.exec(remark)?.[1] ?? 0) });
  }
  return steps;
}

/** Whether `shown` has the lines of `expected` in their order. Numbers, times and who is at work differ; `…` stands for anything. */
export function missingIn(shown: string, expected: string): string | null {
  const lines = shown.split('\n').map(plain);
  let from = 0;
  for (const line of expected.split('\n').map(plain)) {
    if (line === '' || line === '…') continue;
    const pattern = new RegExp(`^${line.split(/ ?… ?/).map(escaped).join('.*')}$`);
    const found = lines.findIndex((each, i) => i >= from && pattern.test(each));
    if (found === -1) return line;
    from = found + 1;
  }
  return null;
}

function plain(line: string): string {
  return line
    .replaceAll(/\b(claude-code|codex)_[\w.-]+?_\d{8}_\d{4}/g, '$1')
    .replaceAll(/\bcli_[\w.-]+/g, 'cli')
    .replaceAll(/\b(?:\d+(?:d|h|ms|m|s))+(?: ago)?(?!\w)|\bnow\b/g, 'T')
    .replaceAll(/\d+/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
