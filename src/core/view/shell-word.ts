// Names in commands that a person or an agent is told to run. Others chose the names: who pastes a command must run it and
// nothing that is in a name.

/** Means itself in every POSIX shell; a word that begins with `-` might be an option, one with `~` a folder, one with `=` a setting. */
const PLAIN = /^[\w@%:,./][\w@%+:,./-]*$/;

/** One argument of a POSIX shell that is `text` to the letter; in quotes only where it needs them. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : shellQuote(text);
}

/** As `shellWord`, always in quotes. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
