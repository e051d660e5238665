// `store backup`: a consistent copy of a live log, read back before it is called one.

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { flawOfLog } from '../../../app/examine-log.ts';
import { copyLogFile } from '../../../compose.ts';
import { isRejection, reject } from '../../../core/rejection.ts';
import { countedLong } from '../../../core/view/count-text.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { hostOf } from '../open-fleet.ts';
import { examineFile } from './examine-file.ts';
import { isThere, logPath } from './log-path.ts';

export async function backUp(context: Context, target: string): Promise<number> {
  const host = await hostOf(context.cli, context.flags);
  const path = await logPath(host.settings);
  if (isRejection(path)) return context.refuse(path);
  const file = resolve(context.cli.folder, target);
  if (await isThere(file)) return context.refuse(taken(file));
  await copyLogFile(path, file);
  const copy = await examineFile(context, file);
  const flaw = flawOfLog(copy);
  const { head, events } = copy;
  const { size: bytes } = await stat(file);
  if (flaw !== null) {
    return context.refuse(
      reject('STORE_DAMAGED', {
        message: `The copy ${file} is as the log is: ${flaw}.`,
        next: 'Keep it, and run `brigade doctor` on the log.',
        details: { file, head },
      }),
    );
  }
  const { tooNew } = copy;
  context.tell({ file, bytes, events, head }, ({ paint }) => [
    `${paint.good('Backed up')} ${countedLong(events, 'event')}, up to number ${head.seq}, to ${file}.`,
    tooNew === null
      ? `The copy was read back and is whole; its head hash is ${head.hash}.`
      : `Its chain is whole, with head hash ${head.hash}. What stands from number ${tooNew.seq} on is too new for this version and was not read.`,
    paint.faint(`Put it in place again with \`brigade store restore ${target}\`.`),
  ]);
  return EXIT.done;
}

function taken(file: string) {
  return reject('INVALID_ARGUMENT', {
    message: `${file} exists already and is not overwritten.`,
    next: 'Name a file that does not exist yet.',
  });
}
