/** A word of a shell's line as the program would get it; a quote may still stand open. */
export function unquoted(word: string): string {
  const parts = word.matchAll(/'([^']*)'?|"((?:\\.|[^"\\])*)"?|\\(.)|([^'"\\]+)|\\$/gs);
  return Array.from(parts, ([, single, double, escaped, plain]) => {
    if (double !== undefined) return double.replaceAll(/\\([\\"$`])/g, '$1');
    return single ?? escaped ?? plain ?? '';
  }).join('');
}
