// The shell that git runs. Git starts hooks by their first line, on Windows with the sh that it brings along, so everything
// here is plain POSIX.
//
// A local script knows where Node and Brigade are. One that is shared through git names no path of anybody's machine, and does
// nothing where there is no Brigade.

import { shellQuote } from '../../core/view/shell-word.ts';
import type { GitHookName } from '../../ports/git-hooks.ts';
import { KEPT_SUFFIX } from '../../ports/git-hooks.ts';

const MARK = '# brigade guard: written by `brigade init --git`, taken out by `brigade init --git --remove`';
const BEGIN = '# >>> brigade guard: `brigade init --git --remove` takes this out';
/** There was no file before. */
const BEGIN_OWN = `${BEGIN}, with the file`;
const END = '# <<< brigade guard';

/** A hook of its own: the guard, then whatever stood there before, with its arguments, input and exit code. */
export function ownScript(hook: GitHookName, command: readonly string[]): string {
  const isPush = hook === 'pre-push';
  return `#!/bin/sh
${MARK}
chained="$(dirname "$0")/${hook}${KEPT_SUFFIX}"
# Another program that runs hooks may have taken this one into its own chain: once is enough.
if [ "\${BRIGADE_GUARDED-}" = "${hook}:$PPID" ]; then exit 0; fi
BRIGADE_GUARDED="${hook}:$$"; export BRIGADE_GUARDED
${isPush ? 'refs=$(cat)\n' : ''}${guarded(hook, localCall(command, hook))}
if [ -x "$chained" ]; then
${isPush ? chainedPush() : '  exec "$chained" "$@"'}
fi
exit 0
`;
}

/** What is put into a script that others share. */
export function sharedBlock(hook: GitHookName, isOwnFile: boolean): string {
  const call = `  brigade guard ${guardOf(hook)} ${argumentsOf(hook)}|| exit $?`;
  const isPush = hook === 'pre-push';
  const again = isPush
    ? '  if [ -n "$brigade_refs" ]; then exec <<BRIGADE_REFS\n$brigade_refs\nBRIGADE_REFS\n  else exec </dev/null; fi\n'
    : '';
  return `${isOwnFile ? BEGIN_OWN : BEGIN}
if [ "\${BRIGADE_GUARDED-}" != "${hook}:$PPID" ] && command -v brigade >/dev/null 2>&1; then
  BRIGADE_GUARDED="${hook}:$$"; export BRIGADE_GUARDED
${isPush ? '  brigade_refs=$(cat)\n' : ''}${isPush ? `  printf '%s\\n' "$brigade_refs" | ${call.trimStart()}` : guarded(hook, call)}
${again}fi
${END}`;
}

/** True for a script that `ownScript` wrote, of whatever version. */
export function isOwnScript(text: string): boolean {
  return text.startsWith(`#!/bin/sh\n${MARK}\n`);
}

/** Where a shared block stands in `text`, and whether the file came with it; null without one. */
export function findBlock(
  text: string,
): { readonly from: number; readonly to: number; readonly isOwnFile: boolean } | null {
  const from = text.indexOf(BEGIN);
  if (from === -1 || (from > 0 && text[from - 1] !== '\n')) return null;
  const end = text.indexOf(END, from);
  if (end === -1) return null;
  return { from, to: end + END.length, isOwnFile: text.startsWith(`${BEGIN_OWN}\n`, from) };
}

/** The guard that a hook of git runs. */
export function guardOf(hook: GitHookName): string {
  return hook === 'pre-merge-commit' ? 'pre-commit' : hook;
}

function localCall(command: readonly string[], hook: GitHookName): string {
  const words = command.map(shellQuote);
  const there = command.map((path, index) => `[ ${index === 0 ? '-x' : '-f'} ${shellQuote(path)} ]`).join(' && ');
  const rest = `guard ${guardOf(hook)} ${argumentsOf(hook)}|| exit $?`;
  const input = hook === 'pre-push' ? `printf '%s\\n' "$refs" | ` : '';
  return `if ${there}; then
  ${input}${words.join(' ')} ${rest}
elif command -v brigade >/dev/null 2>&1; then
  ${input}brigade ${rest}
else
  echo 'brigade: the guard of this repository is gone (${command.map(plain).join(' ')}): nothing was checked. Run brigade init --git again.' >&2
fi`;
}

/** What is cheap to see is seen before a process is started for it. */
function guarded(hook: GitHookName, call: string): string {
  const needed = NEEDED[hook];
  return needed === undefined ? call : `if ${needed}; then\n${call}\nfi`;
}

/** `passed` holds the tree that a guard let pass last; `trailers` waits for the message of a commit. */
const NEEDED: Readonly<Partial<Record<GitHookName, string>>> = {
  'commit-msg': '[ -f "$(git rev-parse --git-path brigade-guard/trailers)" ]',
  'post-commit':
    '[ "$(cat "$(git rev-parse --git-path brigade-guard/passed)" 2>/dev/null)" != "$(git rev-parse "HEAD^{tree}")" ]',
};

function argumentsOf(hook: GitHookName): string {
  return hook === 'commit-msg' || hook === 'pre-push' ? '"$@" ' : '';
}

function chainedPush(): string {
  return `  if [ -z "$refs" ]; then exec "$chained" "$@" </dev/null; fi
  exec "$chained" "$@" <<BRIGADE_REFS
$refs
BRIGADE_REFS`;
}

/** Within a text in single quotes. */
function plain(text: string): string {
  return text.replaceAll("'", '');
}
