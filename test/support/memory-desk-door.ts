// The desk door of simulated processes: one MemoryDesk is one place, and each process has a door of its own. Nothing happens
// but through `later`, so a test that gives its own agenda has every delivery in its hand.
//
// A process that is killed hears and says nothing more: what it awaits never settles, its connections close, its sockets
// refuse, and its published name and its claim stay behind. One that is stopped still gets connections and messages; it
// finds them when it goes on. What was under way when its sender died or closed arrives all the same, before the close.

import {
  DESK_MESSAGE_BYTES,
  type DeskAddress,
  type DeskConnection,
  type DeskDoor,
  DeskFault,
  type OpenDoor,
  type OpeningClaim,
} from '../../src/ports/desk-door.ts';

const QUEUE_BYTES = 1024 * 1024;
const HELD_MS = 3_000;

export interface MemoryDeskOptions {
  /** Runs `run` in the process `owner` after `ms`, never inside the call. What a dead owner would have run may be dropped. */
  readonly later: (ms: number, run: () => void, owner: string) => void;
  /** The monotonic clock of the place. */
  readonly nowMs: () => number;
  /** How long each thing is under way; 0 where it is not given. Order is kept on each connection, whatever it says. */
  readonly delayMs?: () => number;
}

interface SimOwner {
  readonly name: string;
  isDead: boolean;
  isStopped: boolean;
  /** What came while it was stopped. */
  readonly mail: (() => void)[];
  readonly connections: Set<MemoryConnection>;
}

interface Listener {
  readonly owner: SimOwner;
  readonly onConnection: (connection: DeskConnection) => void;
}

export class MemoryDesk {
  readonly #options: MemoryDeskOptions;
  readonly #owners = new Map<string, SimOwner>();
  readonly #listeners = new Map<DeskAddress, Listener>();
  #published: DeskAddress | null = null;
  #claim: { readonly owner: SimOwner; readonly sinceMs: number } | null = null;
  #desks = 0;

  constructor(options: MemoryDeskOptions) {
    this.#options = options;
  }

  /** A door of the process of this name; after `kill` the name is that of a new process. */
  door(name: string): DeskDoor {
    const owner = this.#ownerOf(name);
    return {
      find: () => this.#published,
      connect: (address) => this.#connect(owner, address),
      listen: (onConnection) => this.#in(owner, () => this.#listen({ owner, onConnection })),
      claimOpening: () => this.#in(owner, () => this.#take(owner)),
      key: () => this.#in(owner, () => 'a'.repeat(64)),
    };
  }

  /** Somebody removed the published name and every socket, as `rm -rf` does; connections stay. */
  remove(): void {
    this.#published = null;
    this.#listeners.clear();
  }

  kill(name: string): void {
    const owner = this.#ownerOf(name);
    this.#owners.delete(name);
    owner.isDead = true;
    owner.mail.length = 0;
    for (const connection of owner.connections) connection.cut();
  }

  stop(name: string): void {
    this.#ownerOf(name).isStopped = true;
  }

  resume(name: string): void {
    const owner = this.#ownerOf(name);
    owner.isStopped = false;
    this.#takeMail(owner);
  }

  /** For connections: has `run` run in the process `owner`, when it can. */
  tell(owner: SimOwner, run: () => void): void {
    this.#options.later(this.#options.delayMs?.() ?? 0, () => this.#arrive(owner, run), owner.name);
  }

  #arrive(owner: SimOwner, run: () => void): void {
    if (owner.isDead) return;
    if (owner.isStopped || owner.mail.length > 0) owner.mail.push(run);
    else run();
  }

  /** One at a time, so that what each sets going is done before the next comes. */
  #takeMail(owner: SimOwner): void {
    if (owner.mail.length === 0) return;
    const takeOne = (): void => {
      if (owner.isDead || owner.isStopped) return;
      owner.mail.shift()?.();
      this.#takeMail(owner);
    };
    this.#options.later(0, takeOne, owner.name);
  }

  #ownerOf(name: string): SimOwner {
    const known = this.#owners.get(name);
    if (known !== undefined) return known;
    const owner = { name, isDead: false, isStopped: false, mail: [], connections: new Set<MemoryConnection>() };
    this.#owners.set(name, owner);
    return owner;
  }

  #in<T>(owner: SimOwner, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.tell(owner, () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  #connect(owner: SimOwner, address: DeskAddress): Promise<DeskConnection> {
    return this.#in(owner, () => {
      const listener = this.#listeners.get(address);
      if (listener === undefined || listener.owner.isDead) throw new DeskFault('gone', `Nobody listens at ${address}.`);
      const near = new MemoryConnection(this, owner);
      const far = new MemoryConnection(this, listener.owner);
      near.reach(far, listener.onConnection);
      return near;
    });
  }

  #listen(listener: Listener): OpenDoor {
    this.#desks += 1;
    const address = `desk.${String(this.#desks).padStart(8, '0')}.sock`;
    const { owner } = listener;
    this.#listeners.set(address, listener);
    const publish = (): void => {
      if (!this.#listeners.has(address)) throw new DeskFault('gone', 'This desk is closed.');
      this.#published = address;
    };
    const close = (): void => {
      this.#listeners.delete(address);
      if (this.#published === address) this.#published = null;
    };
    return {
      address,
      publish: () => this.#in(owner, publish),
      isPublished: () => this.#published === address,
      close: () => this.#in(owner, close),
    };
  }

  #take(owner: SimOwner): OpeningClaim | null {
    const held = this.#claim;
    const nowMs = this.#options.nowMs();
    if (held !== null && !held.owner.isDead && nowMs - held.sinceMs < HELD_MS) return null;
    const claim = { owner, sinceMs: nowMs };
    this.#claim = claim;
    const release = (): void => {
      if (this.#claim === claim) this.#claim = null;
    };
    return { release: () => this.#in(owner, release) };
  }
}

class MemoryConnection implements DeskConnection {
  onMessage: (text: string) => void = ignore;
  onClose: () => void = ignore;
  onDrain: () => void = ignore;
  readonly #desk: MemoryDesk;
  readonly #owner: SimOwner;
  /** On their way to this end, in order. */
  readonly #coming: (() => void)[] = [];
  #other: MemoryConnection | null = null;
  #queuedBytes = 0;
  #owesDrain = false;
  /** Says nothing more. */
  #isEnding = false;
  /** Hears nothing more either. */
  #isOver = false;

  constructor(desk: MemoryDesk, owner: SimOwner) {
    this.#desk = desk;
    this.#owner = owner;
    owner.connections.add(this);
  }

  /** Makes the two the ends of one connection; the other side takes it before anything that is sent on it. */
  reach(other: MemoryConnection, onConnection: (connection: DeskConnection) => void): void {
    this.#other = other;
    other.#other = this;
    this.#post(() => onConnection(other));
  }

  get queuedBytes(): number {
    return this.#isOver ? 0 : this.#queuedBytes;
  }

  send(text: string): boolean {
    const bytes = Buffer.byteLength(text);
    if (bytes > DESK_MESSAGE_BYTES) throw new RangeError(`A message of ${bytes} bytes is too long.`);
    if (this.#isEnding) return true;
    this.#queuedBytes += bytes;
    this.#post(() => {
      this.#taken(bytes);
      this.#other?.onMessage(text);
    });
    if (this.#queuedBytes <= QUEUE_BYTES) return true;
    this.#owesDrain = true;
    return false;
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#post(() => this.#other?.destroy());
  }

  destroy(): void {
    if (this.#isOver) return;
    this.end();
    this.#isOver = true;
    this.#owner.connections.delete(this);
    this.#desk.tell(this.#owner, () => this.onClose());
  }

  /** Its process has died. */
  cut(): void {
    this.end();
    this.#isOver = true;
  }

  #post(arrival: () => void): void {
    const other = this.#other;
    if (other === null) return;
    other.#coming.push(arrival);
    this.#desk.tell(other.#owner, () => {
      const next = other.#coming.shift();
      if (!other.#isOver) next?.();
    });
  }

  #taken(bytes: number): void {
    this.#queuedBytes -= bytes;
    if (this.#queuedBytes > 0 || !this.#owesDrain) return;
    this.#owesDrain = false;
    this.#desk.tell(this.#owner, () => {
      if (!this.#isOver) this.onDrain();
    });
  }
}

function ignore(): void {
  // Until the owner sets its own.
}
