// Bounds of resource names, each with its reason. Sizes are UTF-8 bytes.

export const RESOURCE_LIMITS = {
  /** Looked at before anything else is: twice the longest path, so that escapes still fit and 10 kB never gets further. */
  requestBytes: 8 * 1024,
  /** What a system call takes at most (PATH_MAX of Linux): a longer name cannot be a file. */
  pathBytes: 4 * 1024,
  /** A dotted name of this length is already unreadable. */
  symbolBytes: 256,
  /** Names of work, ports and state keys: the bound of a governed-state key. */
  nameBytes: 512,
  /** Two globs are intersected state by state, so the worst pair costs the product of their lengths. */
  globBytes: 512,
  /** Alternatives of all braces of one glob together. */
  globAlternatives: 64,
} as const;
