// The short names of a table: sessions by whom they act for, and letters for tokens, tickets, offers, check-ins and messages,
// given to them where they are first heard and good for the rest of the table. One thing has one name, so a name that comes again means
// the very same thing, and a new name something new.

/** Something that was given out and is called by a name. */
export type Thing =
  | { readonly kind: 'token'; readonly token: number; readonly resource: string }
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'offer'; readonly offer: string }
  | { readonly kind: 'check-in'; readonly checkInId: string }
  | { readonly kind: 'message'; readonly messageId: string; readonly seq: number };

export interface NamedSession {
  readonly sessionId: string;
  readonly agentId: string;
  readonly handleHash: string;
}

export class Names {
  readonly #things = new Map<string, Thing>();
  readonly #sessions = new Map<string, NamedSession>();
  readonly #alerts = new Map<string, number>();

  /** Takes `name` for `thing`, or says why it cannot be its name. */
  name(name: string, thing: Thing): string | null {
    if (name === '_') return null;
    const known = this.#things.get(name);
    if (known !== undefined)
      return keyOf(known) === keyOf(thing) ? null : `${name} is ${keyOf(known)}, heard ${keyOf(thing)}`;
    const other = this.nameOf(thing);
    if (other !== null) return `${keyOf(thing)} is called ${other} already`;
    this.#things.set(name, thing);
    return null;
  }

  nameOf(thing: Thing): string | null {
    for (const [name, known] of this.#things) if (keyOf(known) === keyOf(thing)) return name;
    return null;
  }

  token(name: string): Thing & { kind: 'token' } {
    return this.#of(name, 'token') as Thing & { kind: 'token' };
  }

  ticket(name: string): string {
    return (this.#of(name, 'ticket') as Thing & { kind: 'ticket' }).ticket;
  }

  offer(name: string): string {
    return (this.#of(name, 'offer') as Thing & { kind: 'offer' }).offer;
  }

  checkIn(name: string): string {
    return (this.#of(name, 'check-in') as Thing & { kind: 'check-in' }).checkInId;
  }

  message(name: string): Thing & { kind: 'message' } {
    return this.#of(name, 'message') as Thing & { kind: 'message' };
  }

  has(name: string): boolean {
    return this.#things.has(name);
  }

  session(label: string): NamedSession | undefined {
    return this.#sessions.get(label);
  }

  setSession(label: string, session: NamedSession): void {
    this.#sessions.set(label, session);
  }

  /** The number of the newest alert of this kind. */
  alert(code: string): number {
    const alert = this.#alerts.get(code);
    if (alert === undefined) throw new Error(`no alert was told of ${code}`);
    return alert;
  }

  setAlert(code: string, alert: number): void {
    this.#alerts.set(code, alert);
  }

  /** The label of a session; its id when the table never named it. */
  labelOf(sessionId: string): string {
    for (const [label, session] of this.#sessions) if (session.sessionId === sessionId) return label;
    return sessionId;
  }

  #of(name: string, kind: Thing['kind']): Thing {
    const thing = this.#things.get(name);
    if (thing?.kind !== kind) throw new Error(`nothing was heard that is a ${kind} called ${name}`);
    return thing;
  }
}

export function keyOf(thing: Thing): string {
  switch (thing.kind) {
    case 'token':
      return `token ${thing.token}`;
    case 'ticket':
      return `ticket ${thing.ticket}`;
    case 'offer':
      return `offer ${thing.offer}`;
    case 'check-in':
      return `check-in ${thing.checkInId}`;
    case 'message':
      return `message ${thing.messageId}`;
  }
}
