// The files that an `apply_patch` text changes, as its own headings name them:
//
//   *** Add File: PATH      *** Update File: PATH, perhaps followed by *** Move to: PATH      *** Delete File: PATH

const HEADING = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/;

/** The paths as they are written, each once; empty for a text that is no such patch. */
export function patchFiles(text: string): readonly string[] {
  const paths = new Set<string>();
  for (const line of text.split('\n')) {
    // Trimmed by itself: a pattern for it would take the square of the blanks in a line.
    const path = HEADING.exec(line)?.[1]?.trimEnd();
    if (path !== undefined && path !== '') paths.add(path);
  }
  return [...paths];
}
