// `desk.sock` in the fleet folder: says which desk is the one to go to. It is a symlink that is read and never followed, so
// what it says can be judged first; on Windows, where links need a privilege, a file that holds the same text. It is
// replaced by a rename: whoever looks sees the old one or the new one.

import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DeskAddress, DeskFault } from '../../ports/desk-door.ts';
import { errorCode } from '../system/error-code.ts';
import { hasPipes } from './desk-address.ts';
import { faultOf } from './faults.ts';

const DRAFT = /^\.desk\.[0-9a-z]{8,40}\.draft$/;

export class PublishedName {
  readonly #path: string;
  readonly #folder: string;

  constructor(fleetFolder: string) {
    this.#folder = fleetFolder;
    this.#path = join(fleetFolder, 'desk.sock');
  }

  /** What it says, not judged yet; null when there is no such name. Throws `DeskFault` `unsafe` when it is something else. */
  read(): string | null {
    try {
      return textAt(this.#path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
      throw new DeskFault('unsafe', `${this.#path} is not what Brigade publishes (${errorCode(error)}).`, {
        cause: error,
      });
    }
  }

  says(address: DeskAddress): boolean {
    try {
      return textAt(this.#path) === address;
    } catch {
      // What cannot be read leads nobody here.
      return false;
    }
  }

  /** Makes it say `address`. `id` is the desk's own, so that no two drafts meet. Throws `DeskFault`. */
  put(address: DeskAddress, id: string): void {
    const draft = this.#draft(id);
    try {
      rmSync(draft, { force: true });
      write(address, draft);
      renameSync(draft, this.#path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw faultOf(`${this.#path} cannot be put there`, error);
    }
  }

  /**
   * Removes it while it says `address`. It is moved aside and read again before it goes, so another desk that publishes
   * itself meanwhile stays published.
   */
  withdraw(address: DeskAddress, id: string): void {
    if (!this.says(address)) return;
    const aside = this.#draft(id);
    try {
      renameSync(this.#path, aside);
      const moved = textAt(aside);
      if (moved !== address) putBack(moved, this.#path);
      rmSync(aside, { force: true });
    } catch {
      // A name that stays leads to a desk that is gone; whoever follows it opens the next one.
    }
  }

  /** What was left by processes that died between two steps, with the address each one holds. */
  *drafts(names: readonly string[]): Iterable<{ readonly path: string; readonly address: string }> {
    for (const name of names) {
      if (!DRAFT.test(name)) continue;
      const path = join(this.#folder, name);
      try {
        yield { path, address: textAt(path) };
      } catch {
        // Gone meanwhile.
      }
    }
  }

  #draft(id: string): string {
    return join(this.#folder, `.desk.${id}.draft`);
  }
}

function textAt(path: string): string {
  return hasPipes ? readFileSync(path, 'utf8') : readlinkSync(path);
}

/** Throws `EEXIST` when there is something. */
function write(text: string, path: string): void {
  if (hasPipes) writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  else symlinkSync(text, path);
}

function putBack(text: string, path: string): void {
  try {
    write(text, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
