// Where the processes of one place meet: the one that serves the others opens a door and publishes it, the others find it.
// Nothing here decides anything. Messages are whole texts, in order, to somebody who runs as the same user; whether that
// somebody knows the fleet's key is for the two ends to find out.

/** A message above this is never sent; one that arrives closes the connection. */
export const DESK_MESSAGE_BYTES = 32 * 1024 * 1024;

export interface DeskConnection {
  /** Called with each whole message, in order; set it before anything else runs. */
  onMessage: (text: string) => void;
  /** Called once, when nothing more will come, whoever closed it and whyever. */
  onClose: () => void;
  /** Called when what was queued has gone out, after a `send` that answered false. */
  onDrain: () => void;
  /** Queues a message. False when much is queued already: whoever can should wait for `onDrain`. Ignored after the close. */
  send(text: string): boolean;
  /** Bytes that the other side has not taken yet. */
  readonly queuedBytes: number;
  /** Sends what is queued, then closes. */
  end(): void;
  /** Closes at once; what is queued is lost. */
  destroy(): void;
}

/** Names one desk: what the published name points to. Two desks never have the same. */
export type DeskAddress = string;

export class DeskFault extends Error {
  /**
   * `gone`: nobody listens there. `unsafe`: the folder, the link or the socket belongs to somebody else or is open to others.
   * `unusable`: this place has no desk (no folder to write to, no sockets); the message says why.
   */
  readonly code: 'gone' | 'unsafe' | 'unusable';
  constructor(code: DeskFault['code'], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'DeskFault';
    this.code = code;
  }
}

export interface OpenDoor {
  readonly address: DeskAddress;
  /** Makes this the desk that others find, in the place of whatever was. Throws `DeskFault`. */
  publish(): Promise<void>;
  /** Whoever looks now finds this desk. One short synchronous look, so that nothing can happen between it and what follows. */
  isPublished(): boolean;
  /** Takes no more connections and removes the address, and the published name if it is still this one's. Idempotent. */
  close(): Promise<void>;
}

/** The right to open the next desk, while the others wait for it. Not an authority: two desks at once do no harm. */
export interface OpeningClaim {
  release(): Promise<void>;
}

export interface DeskDoor {
  /** The desk that is published; null when there is none. Throws `DeskFault` `unsafe`. */
  find(): DeskAddress | null;
  /** Throws `DeskFault`. Bounded in time: a listener that does not take the connection within it counts as `gone`. */
  connect(address: DeskAddress): Promise<DeskConnection>;
  /** Throws `DeskFault`. */
  listen(onConnection: (connection: DeskConnection) => void): Promise<OpenDoor>;
  /** Null while another process that is alive holds the claim, and has held it for less than a few seconds. */
  claimOpening(): Promise<OpeningClaim | null>;
  /** The secret that both ends must know, made where there is none. Throws `DeskFault` `unusable`. */
  key(): Promise<string>;
}
