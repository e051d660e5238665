// By what a change of a file is seen without reading it.

export interface FileStamp {
  /** When its content changed last, by the clock of its file system. */
  readonly changedMs: number;
  readonly size: number;
  /** Another one stands for another file under the same name. */
  readonly inode: number;
}

export interface FileStamps {
  /** Of each path, relative to the root and in their order; null where there is no file. */
  of(paths: readonly string[]): Promise<readonly (FileStamp | null)[]>;
}
