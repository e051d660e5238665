// What can be said in a table, and the command that it is.
//
//   acquire RES... [shared] [30s] [wait [10s]] [priority N]    30s is the TTL; without `wait` the call does not queue
//   await T [10s] · leave T · undelivered T · withdraw T        T: a ticket's name
//   renew A... [60s] · release A... · release all · check A     A: a token's name, or `RES with A` to say it of another
//   hand A to AGENT · accept H · decline H                      H: an offer's name
//   put KEY=VALUE if N · put KEY=VALUE with A
//   register [id ID] [purpose P] [client C] [refuse] [resume WHO] [paused] [http] [folding] [worktree W]
//   attach P · close · hear
//   check-in SUMMARY [failed KIND] [ok KIND] [sure 0.9] [plan GOAL]     words of a summary or text stand with hyphens
//   outcome C ok KIND · outcome C failed KIND · recover REFLECTION      C: a check-in's name
//   send AGENT KIND TEXT [about RES] [to M] · read [after M] [seen M] [most N] [wait [10s]]     `all` is everybody
//   op: revoke RES [with A] · resume · token SECRET · join SECRET
//   op: ack CODE · silence CODE 1h · pause AGENT · resume AGENT · archive AGENT · restore AGENT · retire AGENT · adopt SETTING... (see policy-words.ts)
//   -:  sweep · watch · exit WHO [P] · dead WHO [P] · touch WHO... · mark LABEL · break NAME · suspend 5m
//
// `#id` anywhere is the requestId, `dry` makes it a dry run, `as WHO` shows the handle of another. `task:r1..9` are nine
// resources. Files lie in worktree w1 unless the session registered another.

import type { Command, LeaseRef } from '../../../src/core/command.ts';
import type { NewEvent } from '../../../src/core/event.ts';
import { type OutcomeFacts, type Plan, summaryKey } from '../../../src/core/governance/check-in.ts';
import type { Names } from './names.ts';
import { policyOf } from './policy-words.ts';
import { type Row, readDuration } from './table.ts';

/** What a row asks for: a command, or a fact that no command makes. */
export type Said =
  | { readonly kind: 'command'; readonly command: Command; readonly registers: string | null }
  | { readonly kind: 'fact'; readonly event: NewEvent };

const WAIT_MS = 25_000;
const TTL_MS = 300_000;

/** Reads the phrase of a row. Throws on what it does not understand. */
export function readSaid(row: Row, names: Names): Said {
  const reader = new PhraseReader(row, names);
  return reader.read();
}

/** A registration in the words of the command, for a session that a table never registered itself. */
export function plainRegistration(label: string, names: Names): Command {
  const id = label.split('/')[0] as string;
  const row: Row = {
    line: 0,
    at: 0,
    who: label,
    says: `register id ${id} #arrival-of-${label}`,
    hears: '',
    checks: [],
  };
  return (readSaid(row, names) as Said & { kind: 'command' }).command;
}

class PhraseReader {
  readonly #row: Row;
  readonly #names: Names;
  readonly #words: string[];
  readonly #requestId: string;
  readonly #isDry: boolean;
  readonly #as: string;

  constructor(row: Row, names: Names) {
    this.#row = row;
    this.#names = names;
    const words = row.says.split(/\s+/);
    const id = words.find((word) => word.startsWith('#'));
    const as = words.indexOf('as');
    this.#requestId = id?.slice(1) ?? `line-${row.line}-${row.who}`;
    this.#isDry = words.includes('dry');
    this.#as = as === -1 ? row.who : (words[as + 1] as string);
    this.#words = words.filter((word, i) => word !== id && word !== 'dry' && (as === -1 || (i !== as && i !== as + 1)));
  }

  read(): Said {
    const verb = this.#next();
    if (verb === 'suspend') {
      const until = this.#row.at + this.#duration();
      return {
        kind: 'fact',
        event: {
          type: 'granting.suspended',
          actor: 'brigade',
          until,
          code: 'STORE_REGRESSED',
          why: 'the log was lost',
        },
      };
    }
    const parts = this.#parts(verb);
    if (this.#words.length > 0) throw new Error(`line ${this.#row.line}: what is "${this.#words.join(' ')}"?`);
    const base = {
      by: this.#caller(),
      requestId: this.#requestId,
      bodyHash: this.#bodyHash(),
      ...(this.#isDry ? { dryRun: true } : {}),
    };
    const command = { ...base, ...parts } as unknown as Command;
    return { kind: 'command', command, registers: verb === 'register' ? this.#row.who : null };
  }

  #parts(verb: string): object {
    switch (verb) {
      case 'acquire':
        return this.#acquire();
      case 'await':
        return { op: 'await', ticket: this.#names.ticket(this.#next()), waitMs: this.#maybeDuration() ?? WAIT_MS };
      case 'leave':
        return { op: 'leave_wait', ticket: this.#names.ticket(this.#next()) };
      case 'undelivered':
      case 'withdraw':
        return { op: verb, ticket: this.#ticket() };
      case 'renew':
        return { op: 'renew', leases: this.#refs(), ttlMs: this.#maybeDuration() };
      case 'release':
        return { op: 'release', leases: this.#take('all') ? 'all' : this.#refs() };
      case 'check':
        return { op: 'check', ...this.#ref() };
      case 'hand': {
        const ref = this.#ref();
        this.#expect('to');
        return { op: 'hand_off', ...ref, to: this.#next() };
      }
      case 'accept':
      case 'decline':
        return { op: 'answer_handoff', offer: this.#names.offer(this.#next()), answer: verb };
      case 'put':
        return this.#put();
      case 'register':
        return this.#register();
      case 'attach':
        return { op: 'attach', attachment: attachmentOf(this.#next()) };
      case 'close':
        return { op: 'close_session', why: 'its work is done' };
      case 'hear':
        return { op: 'hear' };
      case 'check-in':
        return this.#checkIn();
      case 'outcome': {
        const name = this.#next();
        const checkInId = this.#names.has(name) ? this.#names.checkIn(name) : name;
        return { op: 'record_outcome', checkInId, ...this.#outcome(this.#next()) };
      }
      case 'recover':
        return { op: 'recover', reflection: textOf(this.#next()) };
      case 'send':
        return this.#send();
      case 'read':
        return this.#read();
      default:
        return this.#row.who === 'op' ? this.#operator(verb) : this.#system(verb);
    }
  }

  #acquire(): object {
    const resources: string[] = [];
    while (this.#words[0]?.includes(':') === true) resources.push(...this.#resources(this.#next()));
    let mode = 'exclusive';
    let ttlMs = TTL_MS;
    let waitMs = 0;
    let priority = 0;
    while (this.#words.length > 0) {
      if (this.#take('shared')) mode = 'shared';
      else if (this.#take('wait')) waitMs = this.#maybeDuration() ?? WAIT_MS;
      else if (this.#take('priority')) priority = Number(this.#next());
      else ttlMs = this.#duration();
    }
    return { op: 'acquire', resources, mode, waitMs, ttlMs, reason: '', priority };
  }

  #put(): object {
    const [key = '', value = ''] = this.#next().split('=');
    const condition = this.#take('if') ? { ifVersion: Number(this.#next()) } : this.#guard();
    return { op: 'put_state', key, value, condition };
  }

  #guard(): LeaseRef {
    this.#expect('with');
    return refOf(this.#names, this.#next());
  }

  #checkIn(): object {
    const summary = textOf(this.#next());
    const outcomes: OutcomeFacts[] = [];
    let confidence: number | null = null;
    let plan: Plan | null = null;
    while (this.#words.length > 0) {
      if (this.#take('sure')) confidence = Number(this.#next());
      else if (this.#take('plan')) plan = { goal: this.#next(), task: '' };
      else outcomes.push(this.#outcome(this.#next()));
    }
    const said = { summary, digest: summaryKey(summary), complexity: null, confidence, outcomes };
    return { op: 'check_in', ...said, plan, parameters: null };
  }

  #outcome(how: string): OutcomeFacts {
    if (how !== 'ok' && how !== 'failed')
      throw new Error(`line ${this.#row.line}: "${how}" where ok or failed belongs`);
    return { kind: this.#next(), ok: how === 'ok', evidence: '' };
  }

  #send(): object {
    const to = this.#next();
    const kind = this.#next();
    const text = textOf(this.#next());
    const resource = this.#take('about') ? (this.#resources(this.#next())[0] as string) : null;
    const replyTo = this.#take('to') ? this.#messageId(this.#next()) : null;
    return { op: 'send_message', to: to === 'all' ? '*' : to, kind, text, replyTo, resource };
  }

  #read(): object {
    const parts = { op: 'read_messages', after: null as number | null, seen: 0, limit: 100, waitMs: 0 };
    while (this.#words.length > 0) {
      if (this.#take('after')) parts.after = this.#names.message(this.#next()).seq;
      else if (this.#take('seen')) parts.seen = this.#names.message(this.#next()).seq;
      else if (this.#take('most')) parts.limit = Number(this.#next());
      else {
        this.#expect('wait');
        parts.waitMs = this.#maybeDuration() ?? WAIT_MS;
      }
    }
    return parts;
  }

  #messageId(name: string): string {
    return this.#names.has(name) ? this.#names.message(name).messageId : name;
  }

  #register(): object {
    const label = this.#row.who;
    const parts = {
      op: 'register',
      agentId: null as string | null,
      purpose: null as string | null,
      client: 'claude_code',
      user: 'root',
      stamp: '20251119_2325',
      onTaken: 'sibling',
      tags: [],
      notes: '',
      resumeHandleHash: null as string | null,
      clientSession: null,
      transport: 'process',
      worktree: 'w1',
      root: '/work',
      foldsCase: false,
      attachment: attachmentOf(`p-${label}`) as object | null,
      freshSessionId: `s-${label}-${this.#row.line}`,
      freshHandleHash: `handle-${label}-${this.#row.line}`,
      joinTokenHash: null as string | null,
      asPaused: false,
    };
    while (this.#words.length > 0) {
      if (this.#take('id')) parts.agentId = this.#next();
      else if (this.#take('purpose')) parts.purpose = this.#next();
      else if (this.#take('client')) parts.client = this.#next();
      else if (this.#take('refuse')) parts.onTaken = 'refuse';
      else if (this.#take('resume')) parts.resumeHandleHash = this.#handleOf(this.#next());
      else if (this.#take('paused')) parts.asPaused = true;
      else if (this.#take('folding')) parts.foldsCase = true;
      else if (this.#take('worktree')) parts.worktree = this.#next();
      else if (this.#take('join')) parts.joinTokenHash = this.#next();
      else if (this.#take('process')) parts.attachment = attachmentOf(this.#next());
      else {
        this.#expect('http');
        parts.transport = 'http';
        parts.attachment = null;
      }
    }
    return parts;
  }

  #operator(verb: string): object {
    switch (verb) {
      case 'revoke': {
        const resource = this.#resources(this.#next())[0] as string;
        const token = this.#take('with') ? this.#names.token(this.#next()).token : null;
        return { op: 'revoke', resource, token, reason: 'it is needed elsewhere' };
      }
      case 'resume':
        if (this.#words.length === 0) return { op: 'resume_granting', reason: 'looked at' };
        return { op: 'resume', agentId: this.#next(), reason: 'said by an operator' };
      case 'pause':
      case 'archive':
      case 'restore':
      case 'retire':
        return { op: verb, agentId: this.#next(), reason: 'said by an operator' };
      case 'ack':
        return { op: 'acknowledge_alert', alert: this.#alert(), note: '' };
      case 'silence':
        return { op: 'silence_alert', alert: this.#alert(), forMs: this.#duration(), note: '' };
      case 'adopt':
        return { op: 'adopt_policy', policy: policyOf(this.#words.splice(0)), reason: 'in a table' };
      case 'token':
        return { op: 'set_token', kind: 'operator', tokenHash: this.#next() };
      case 'join':
        return { op: 'set_token', kind: 'join', tokenHash: this.#next() };
      default:
        throw new Error(`line ${this.#row.line}: nobody can say "${verb}"`);
    }
  }

  #system(verb: string): object {
    switch (verb) {
      case 'sweep':
      case 'watch':
        return { op: verb };
      case 'exit':
      case 'dead': {
        const label = this.#next();
        const session = this.#session(label);
        const attachmentId = this.#words.length > 0 ? this.#next() : `p-${label}`;
        return { op: 'detach', sessionId: session.sessionId, attachmentId, cause: verb, evidence: `process ${verb}` };
      }
      case 'touch':
        return { op: 'touch', sessionIds: this.#words.splice(0).map((label) => this.#session(label).sessionId) };
      case 'mark':
        return { op: 'mark_drill', label: this.#next(), note: '' };
      case 'break':
        return { op: 'report_break', invariant: this.#next(), detail: 'found by hand' };
      default:
        return this.#operator(verb);
    }
  }

  /** `A B`, or `RES with A` for each. */
  #refs(): readonly LeaseRef[] {
    const refs: LeaseRef[] = [];
    while (this.#words.length > 0 && readDuration(this.#words[0] as string) === null) refs.push(this.#ref());
    return refs;
  }

  #ref(): LeaseRef {
    const word = this.#next();
    if (!word.includes(':')) return refOf(this.#names, word);
    this.#expect('with');
    const token = this.#next();
    return { resource: this.#resources(word)[0] as string, token: token === '0' ? 0 : this.#names.token(token).token };
  }

  #resources(word: string): readonly string[] {
    const many = /^(.*?)(\d+)\.\.(\d+)$/.exec(word);
    const texts = many === null ? [word] : range(Number(many[2]), Number(many[3])).map((n) => `${many[1]}${n}`);
    const worktree = /@(\w+)$/.exec(this.#row.who)?.[1] ?? 'w1';
    return texts.map((text) => canonical(text, worktree));
  }

  /** The newest of this kind. */
  #alert(): number {
    return this.#names.alert(this.#next());
  }

  #ticket(): string {
    const name = this.#next();
    return this.#names.has(name) ? this.#names.ticket(name) : name;
  }

  #caller(): object {
    if (this.#as === 'op') return { kind: 'operator', name: 'root', proof: 'terminal' };
    if (this.#as.startsWith('op:')) return { kind: 'operator', name: 'root', proof: { tokenHash: this.#as.slice(3) } };
    if (this.#as === '-') return { kind: 'system', name: 'table' };
    const session = this.#names.session(this.#as);
    return session === undefined
      ? { kind: 'system', name: 'table' }
      : { kind: 'session', handleHash: session.handleHash };
  }

  /** Everything the row says but the id. */
  #bodyHash(): string {
    return this.#row.says.replace(/\s*#\S+/, '');
  }

  #handleOf(label: string): string {
    return this.#names.session(label)?.handleHash ?? label;
  }

  #session(label: string): { readonly sessionId: string } {
    const session = this.#names.session(label);
    if (session === undefined) throw new Error(`line ${this.#row.line}: ${label} is no session yet`);
    return session;
  }

  #duration(): number {
    const word = this.#next();
    const ms = readDuration(word);
    if (ms === null) throw new Error(`line ${this.#row.line}: "${word}" is no duration`);
    return ms;
  }

  #maybeDuration(): number | null {
    const ms = this.#words.length === 0 ? null : readDuration(this.#words[0] as string);
    if (ms !== null) this.#words.shift();
    return ms;
  }

  #take(word: string): boolean {
    if (this.#words[0] !== word) return false;
    this.#words.shift();
    return true;
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw new Error(`line ${this.#row.line}: "${this.#words[0] ?? ''}" where "${word}" belongs`);
  }

  #next(): string {
    const word = this.#words.shift();
    if (word === undefined) throw new Error(`line ${this.#row.line}: "${this.#row.says}" ends too early`);
    return word;
  }
}

/** The stored key of a resource as a table writes it. */
export function canonical(text: string, worktree: string): string {
  if (!text.startsWith('file:') || text.startsWith('file:@')) return text;
  const path = text.slice('file:'.length);
  return `file:@${worktree}/${path === './' ? '' : path}`;
}

/** `first` to `last`, both included. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The words of a text, which stand with hyphens between them in a table. */
function textOf(word: string): string {
  return word.replaceAll('-', ' ');
}

function refOf(names: Names, name: string): LeaseRef {
  const { resource, token } = names.token(name);
  return { resource, token };
}

/** Processes of a table live in a place of their own, which no coordinator under test watches. */
function attachmentOf(name: string): object {
  return { attachmentId: name, placeId: 'elsewhere', pid: 100, startTime: name, kind: 'mcp' };
}
