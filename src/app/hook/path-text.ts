// A leased path as whoever edits it wrote it: without its kind, and without what keeps signs of patterns apart from names.

import { unescapeName } from '../../core/resource/key-text.ts';
import { resourceText } from '../../core/view/resource-text.ts';

/** As seen from the worktree `reader`. */
export function pathText(key: string, reader: string): string {
  return unescapeName(resourceText(key, reader).replace(/^(?:file|repo):/, ''));
}
