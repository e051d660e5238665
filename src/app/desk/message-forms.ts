// Whether a text is a message of this protocol, as far as whoever reads it relies on: a greeting may come from anybody who reaches
// the socket, and what stands in it is used before anything is proved. A message of another form is nobody's: the
// connection is closed. Whether a command, a query or a call makes sense is said by whoever carries it out.

import { type FromDesk, type FromGuest, type Hello, parseMessage } from './protocol.ts';

/** Null for what no guest says. */
export function guestMessage(text: string): FromGuest | null {
  const said = parseMessage(text);
  return said !== null && isOfForm(GUEST, said) ? (said as FromGuest) : null;
}

/** Null for what no desk says. */
export function deskMessage(text: string): FromDesk | null {
  const said = parseMessage(text);
  return said !== null && isOfForm(DESK, said) ? (said as FromDesk) : null;
}

/** A greeting of this very protocol; that of another one may have another form, and is refused by name. */
export function isGreeting(hello: Hello): boolean {
  return hasFields(HELLO, hello);
}

type Check = (value: unknown) => boolean;
type Form = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === 'string';
const truth: Check = (value) => typeof value === 'boolean';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const whole: Check = (value) => Number.isSafeInteger(value);
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const list: Check = (value) => Array.isArray(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const withFields =
  (form: Form): Check =>
  (value) =>
    object(value) && hasFields(form, value as object);

const id = { id: whole };
const evidence = { pid: whole, startTime: text };
const person = withFields({
  ...evidence,
  kind: text,
  version: text,
  client: orNull(text),
  startedBy: orNull(withFields({ ...evidence, name: text })),
});
const status = withFields({ fleetId: orNull(text), health: object });

const HELLO: Form = {
  protocol: text,
  nonce: text,
  placeId: text,
  store: text,
  durability: text,
  person,
  mayOpen: truth,
};

const GUEST: Readonly<Record<string, Form>> = {
  hello: { protocol: text },
  proof: { mac: text },
  submit: {
    ...id,
    sentMs: number,
    receivedMs: number,
    command: withFields({ op: text, by: object, requestId: text, bodyHash: text }),
    progress: truth,
  },
  cut: id,
  cancel: id,
  view: { ...id, query: withFields({ kind: text }) },
  past: { ...id, query: withFields({ kind: text }), moment: object },
  found: id,
  guests: id,
  feed: { ...id, after: whole, once: truth },
  more: id,
  stop: id,
  keep: { ...id, sessionId: text },
  hook: { ...id, call: withFields({ client: text, moment: withFields({ kind: text }) }), caller: object },
  opened: {},
};

const DESK: Readonly<Record<string, Form>> = {
  refuse: { why: text, message: text },
  prove: { nonce: text, mac: text },
  welcome: { status },
  outcome: { ...id, outcome: withFields({ answer: object }) },
  value: { ...id, status },
  fault: { ...id, fault: withFields({ code: orNull(text), message: text, details: object }) },
  stale: id,
  progress: { ...id, progress: object },
  events: { ...id, events: list, isOver: truth },
  beat: {},
  open: {},
  moved: {},
};

function isOfForm(forms: Readonly<Record<string, Form>>, said: { readonly t: string }): boolean {
  const form = Object.hasOwn(forms, said.t) ? forms[said.t] : undefined;
  return form !== undefined && hasFields(form, said);
}

function hasFields(form: Form, value: object): boolean {
  return Object.entries(form).every(
    ([name, check]) => Object.hasOwn(value, name) && check((value as Readonly<Record<string, unknown>>)[name]),
  );
}
