// A plan as a person reads it: each file, for whom it is, and the lines that change.

import { isAbsolute, relative } from 'node:path';
import { structuredPatch } from 'diff';
import type { FileState } from '../../../ports/git-hooks.ts';
import type { Look } from '../output/screen.ts';
import { TOKEN_VARIABLE } from './client.ts';
import { type FilePlan, isChange } from './file-plan.ts';
import type { Surroundings } from './file-wish.ts';
import type { InitPlan, PlannedFile } from './plan-init.ts';

const CONTEXT = 2;

const FOR = {
  shared: 'for everybody, through git',
  local: 'for you, in this repository',
  user: 'for you, everywhere',
} as const;

export function planLines({ files, git, leftOut }: InitPlan, around: Surroundings, { paint }: Look): readonly string[] {
  const [changed, same] = [files.filter(({ plan }) => isChange(plan)), files.filter(({ plan }) => !isChange(plan))];
  const blocks = [
    // Where ours is already. Where there is nothing to take out, nothing is to be said.
    same.filter(({ plan }) => plan.record !== null).map((file) => heading(file, around, paint)),
    ...changed.map((file) => [heading(file, around, paint), ...diffOf(file.plan).map((line) => painted(line, paint))]),
    ...(git?.changes ?? []).map(({ path, after, why }) => [
      `${paint.strong(shownPath(path, around))}  ${paint.faint(`git · ${why}`)}`,
      ...stateLines(after, paint),
    ]),
    ...(git?.refused ?? []).map(({ message, next }) => [paint.warn(message), `  ${next}`]),
    ...leftOut.map((text) => [paint.warn(text)]),
  ];
  return blocks.flatMap((block) => (block.length === 0 ? [] : [...block, '']));
}

function stateLines(after: FileState | null, paint: Look['paint']): readonly string[] {
  if (after === null) return [paint.bad('  goes')];
  if (after.kind === 'link') return [paint.good(`  -> ${after.target}`)];
  const lines = Buffer.from(after.bytes).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => paint.good(`  +${line}`));
}

function heading({ client, audience, plan }: PlannedFile, around: Surroundings, paint: Look['paint']): string {
  const { path, realPath, found } = plan.target;
  const link = path === realPath || !isAbsolute(path) ? '' : linkText(path, realPath, around);
  const what = !isChange(plan) ? 'nothing to do' : plan.after === null ? 'goes' : found === null ? 'new' : 'changed';
  const whom = client === null ? 'git leaves these files alone' : `${client.title} · ${FOR[audience]}`;
  return `${paint.strong(shownPath(path, around))}${link}  ${paint.faint(`${what} · ${whom}`)}`;
}

function linkText(path: string, realPath: string, around: Surroundings): string {
  const root = around.root;
  const isSame = root !== null && realPath.endsWith(path.slice(root.length)) && path.startsWith(root);
  return isSame ? '' : ` -> ${shownPath(realPath, around)}`;
}

/** As seen from the top of the worktree, else from home. */
export function shownPath(path: string, { root, home }: Surroundings): string {
  if (root !== null && isWithin(root, path)) return relative(root, path);
  return isWithin(home, path) ? `~/${relative(home, path)}` : path;
}

function isWithin(folder: string, path: string): boolean {
  const name = relative(folder, path);
  return name !== '' && !name.startsWith('..') && !isAbsolute(name);
}

/** Lines with their sign, and a heading for each place. */
export function diffOf(plan: FilePlan): readonly string[] {
  if (!isChange(plan)) return [];
  const { hunks } = structuredPatch('', '', plan.target.text, plan.after ?? '', '', '', { context: CONTEXT });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines.map((line) => withoutSecrets(line).replace(/\r$/, '')),
  ]);
}

/** Whoever runs this sees lines around ours, and may be a model: what somebody else calls a secret there is not shown. */
function withoutSecrets(line: string): string {
  const isSecret = /token|secret|key|password|auth|bearer|credential/i.test(line) && !line.includes(TOKEN_VARIABLE);
  return isSecret ? line.replace(/([:=]\s*)(["']).*\2/, '$1$2…$2') : line;
}

function painted(line: string, paint: Look['paint']): string {
  const sign = line.charAt(0);
  const paints =
    sign === '+' ? paint.good : sign === '-' ? paint.bad : sign === '@' ? paint.faint : (text: string) => text;
  return `  ${paints(line)}`;
}
