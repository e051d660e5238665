// What a user's processes on one host remember outside the workspace: handles to resume with, tokens, and which fleet
// lives where. Secrets are readable by their owner alone; one that others can read is refused, never used.

/** Names a session of a client: one terminal, one window. */
export interface ClientSessionKey {
  readonly client: string;
  readonly id: string;
}

export interface KeptSession {
  readonly fleetId: string;
  readonly agentId: string;
  readonly sessionId: string;
  /** The secret handle. */
  readonly handle: string;
  readonly createdAt: string;
}

export type TokenKind = 'operator' | 'join';

export interface StateFolder {
  /** Where it is, for people. */
  readonly path: string;
  /** What the user should know after a write: secrets went into the workspace, because the folder cannot be written. */
  warning(): string | null;
  /** The handle kept for a client session, else null. */
  keptSession(key: ClientSessionKey): Promise<KeptSession | null>;
  /**
   * Keeps `session` if nothing is kept for the key, or if what is kept is the session `instead` (known to have ended).
   * Answers what is kept now: of processes that race, one wins and all hear the same.
   */
  keepSession(key: ClientSessionKey, session: KeptSession, instead?: string): Promise<KeptSession>;
  /** Forgets the handle of exactly this session; a newer one for the same key stays. */
  dropSession(key: ClientSessionKey, sessionId: string): Promise<void>;
  token(kind: TokenKind): Promise<string | null>;
  /** Keeps `secret` if there is none yet, and answers the one that is kept: of processes that race, all hear the same. */
  ensureToken(kind: TokenKind, secret: string): Promise<string>;
  /** Puts `secret` in the place of any other. */
  replaceToken(kind: TokenKind, secret: string): Promise<void>;
}

/** Which fleet lives at a location (the canonical URL of its store), so that a wiped log is known again. */
export interface FleetMap {
  fleetIdAt(location: string): Promise<string | null>;
  /** The last word counts. */
  remember(location: string, fleetId: string): Promise<void>;
  /** Every location known for a fleet. More than one: it was moved, or copied. */
  locationsOf(fleetId: string): Promise<readonly string[]>;
}
