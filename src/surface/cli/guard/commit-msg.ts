// `brigade guard commit-msg FILE`: writes the agent and its leases into the message, where the guard before it left them. A message
// that nobody wrote stays empty, so that git gives the commit up as it should.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { answered } from '../../../app/git/staged-changes.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { type GuardOptions, runGuard } from './guard-run.ts';

export function guardCommitMessage(context: Context, file: string, options: GuardOptions): Promise<number> {
  return runGuard(context, options, async ({ git, notes }) => {
    const lines = await notes.trailers();
    if (lines === null) return EXIT.done;
    await notes.keepTrailers(null);
    const path = resolve(context.cli.folder, file);
    const message = await git.ask(['stripspace', '--strip-comments'], { input: await readFile(path, 'utf8') });
    if (message.code !== 0 || message.out.length === 0) return EXIT.done;
    const trailers = lines.flatMap((line) => ['--trailer', line]);
    await answered(git, ['interpret-trailers', '--in-place', '--if-exists', 'addIfDifferent', ...trailers, '--', path]);
    return EXIT.done;
  });
}
