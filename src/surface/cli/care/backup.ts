// `store backup`: a consistent copy of a live log, read back before it is called one. Whatever store the log is in, the copy is a
// file, so that any backup can be restored to any store.

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { flawOfLog } from '../../../app/examine-log.ts';
import { copyLogFile } from '../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { countedLong } from '../../../core/view/count-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { shellWord } from '../../../core/view/shell-word.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { hostOf } from '../open-fleet.ts';
import { copyToFile } from './copy-to-file.ts';
import { examineKept } from './examine-kept.ts';
import { isThere, keptLogOf, logInFile } from './kept-log.ts';

export async function backUp(context: Context, target: string): Promise<number> {
  const host = await hostOf(context.cli, context.flags);
  const kept = await keptLogOf(host);
  if (isRejection(kept)) return context.refuse(kept);
  const file = resolve(context.cli.folder, target);
  if (await isThere(file)) return context.refuse(taken(file));
  const { location } = kept;
  const refused =
    location.kind === 'sqlite' ? await copyLogFile(location.path, file) : await copyToFile(context, kept, file);
  if (refused !== undefined) return context.refuse(refused);
  const copy = await examineKept(context, logInFile(file));
  const flaw = flawOfLog(copy);
  const { head, events, tooNew } = copy;
  const { size: bytes } = await stat(file);
  if (flaw !== null) return context.refuse(damaged(file, flaw, head));
  context.tell({ file, bytes, events, head }, ({ paint }) => [
    `${paint.good('Backed up')} ${countedLong(events, 'event')}, up to number ${head.seq}, to ${oneLine(file, PATH_LENGTH)}.`,
    tooNew === null
      ? `The copy was read back and is whole; its head hash is ${head.hash}.`
      : `Its chain is whole, with head hash ${head.hash}. What stands from number ${tooNew.seq} on is too new for this version and was not read.`,
    paint.faint(`Put it in place again with \`brigade store restore ${shellWord(oneLine(target, PATH_LENGTH))}\`.`),
  ]);
  return EXIT.done;
}

const PATH_LENGTH = 1_000;

function taken(file: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${file} exists already and is not overwritten.`,
    next: 'Name a file that does not exist yet.',
  });
}

function damaged(file: string, flaw: string, head: object): Rejection {
  return reject('STORE_DAMAGED', {
    message: `The copy ${file} is as the log is: ${flaw}.`,
    next: 'Keep it, and run `brigade doctor` on the log.',
    details: { file, head },
  });
}
