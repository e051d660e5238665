// What is noted of conversations of MCP, so that it is known beyond the process that held them. An id is as good as a secret
// there, so what is kept does not say it. The newest are kept; how many, the keeper decides.

export interface Conversations {
  /** Longer notes are not taken. */
  readonly noteBytesMax: number;
  /** What was noted last; null for nothing. */
  noteOf(id: string): Promise<string | null>;
  /** Notes `text` in the place of anything else. It holds when this resolves, whatever becomes of the process. */
  note(id: string, text: string): Promise<void>;
  forget(id: string): Promise<void>;
}
