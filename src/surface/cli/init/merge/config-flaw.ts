// Why a file of a client is left as it is: it is not what its client could read, or something of somebody else stands where
// ours would go.

import { placeIn } from '../../../../app/policy/policy-tree.ts';

export class ConfigFlaw extends Error {
  override readonly name = 'ConfigFlaw';
  readonly line: number;
  readonly column: number;
  readonly next: string;

  /** `problem` goes on after the name of the file and the place. */
  constructor(text: string, offset: number, problem: string, next: string = MEND) {
    super(problem);
    const { line, column } = placeIn(text, offset);
    this.line = line;
    this.column = column;
    this.next = next;
  }
}

const MEND = 'Put that right, then run it again. Nothing was written.';
