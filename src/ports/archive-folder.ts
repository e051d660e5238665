// Where stretches of the log go that the log itself no longer keeps: files of lines, each written once and whole.

export interface ArchiveFolder {
  /** Names of archives, in no order; none where there is no folder. */
  names(): Promise<readonly string[]>;
  /** Writes an archive so that it is there whole, and on the disk, or not at all. One of that name is replaced. */
  write(name: string, lines: AsyncIterable<string>): Promise<void>;
  /** Its lines. Rejects where it cannot be read to its end. */
  lines(name: string): AsyncIterable<string>;
  /** Removes an archive. Harmless to repeat. */
  remove(name: string): Promise<void>;
  /** Removes what somebody had begun to write of this fleet and died over. Only for whoever is alone at it. */
  removeUnfinished(fleetId: string): Promise<void>;
}
