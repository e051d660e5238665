// A rule may be suppressed where it is wrong, never without saying why: the next reader must be able to judge it.

import type { Comment } from 'oxc-parser';
import { type Finding, type Source, walk } from './source.ts';

const forms: readonly { readonly pattern: RegExp; readonly reasonAfter: RegExp | null }[] = [
  { pattern: /@ts-(ignore|nocheck)/, reasonAfter: null },
  { pattern: /@ts-expect-error/, reasonAfter: /@ts-expect-error\b[\s:-]*/ },
  { pattern: /^\s*biome-ignore/, reasonAfter: /biome-ignore\S*\s+[^:]*:\s*/ },
  { pattern: /^\s*(oxlint|eslint)-disable/, reasonAfter: /--\s+/ },
  { pattern: /^\s*(v8|c8|istanbul) ignore/, reasonAfter: /--\s+/ },
  { pattern: /^\s*house-allow\b/, reasonAfter: /house-allow\s+[\w-]+:\s*/ },
];
const shortestReason = 12;

/** Suppressions without a reason, and every `any` that no reasoned suppression covers. */
export function checkSuppressions(source: Source): readonly Finding[] {
  const found: Finding[] = [];
  const report = (start: number, message: string): void => {
    found.push({ path: source.path, line: source.lineOf(start), rule: 'suppressions', message });
  };
  for (const comment of source.comments) {
    if (isSuppression(comment) && !hasReason(comment)) report(comment.start, 'a suppression without a written reason');
  }
  walk(source, (node) => {
    if (node.type !== 'TSAnyKeyword') return;
    const line = source.lineOf(node.start);
    const isCovered = source.comments.some(
      (comment) =>
        isSuppression(comment) && hasReason(comment) && [line, line - 1].includes(source.lineOf(comment.start)),
    );
    if (!isCovered) report(node.start, 'any; use unknown and parse it, or name the type');
  });
  return found;
}

function isSuppression(comment: Comment): boolean {
  return forms.some(({ pattern }) => pattern.test(comment.value));
}

function hasReason(comment: Comment): boolean {
  const form = forms.find(({ pattern }) => pattern.test(comment.value));
  if (form === undefined || form.reasonAfter === null) return false;
  const match = form.reasonAfter.exec(comment.value);
  return match !== null && comment.value.slice(match.index + match[0].length).trim().length >= shortestReason;
}
