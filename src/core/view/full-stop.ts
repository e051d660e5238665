// Reasons that people give are sentences, or a few words that somebody typed; another sentence follows them.

/** `text` with a full stop, unless it ends like a sentence. */
export function fullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
