// What `brigade init` remembers of the files it wrote into: what no look at them could tell when it is to be undone.

export interface InitRecords {
  /** What was kept for the file at `path` (absolute, links followed); null where nothing was. */
  read(path: string): Promise<unknown>;
  keep(path: string, record: object): Promise<void>;
  forget(path: string): Promise<void>;
}
