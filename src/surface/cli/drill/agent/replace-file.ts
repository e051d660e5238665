// Writes a file whole, as editors do: under another name first. So nobody ever reads half a file, and what the drill finds
// lost was lost by an overlap and not by a torn write.

import { rename, writeFile } from 'node:fs/promises';

export async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}
