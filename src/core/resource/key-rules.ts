// What a resource key may say, and the words for what it may not. Every refusal tells what to write instead.

import { type Rejection, reject } from '../rejection.ts';
import { foldText } from './case-folding.ts';
import { flawOfGlob } from './glob.ts';
import { flawOf, normaliseEscapes, quote } from './key-text.ts';
import { EVERY_SPACE, type ParsedKey, type PathKey, type PathKind, type SymbolKey } from './parsed-key.ts';
import { RESOURCE_LIMITS } from './resource-limits.ts';

const KIND = /^[a-z][a-z0-9-]{0,30}$/;
const WORKTREE = /^[A-Za-z0-9_-]{1,64}$/;
/** Brigade's own names, such as the lease of the outbox. Callers cannot claim them. */
export const RESERVED_KIND = 'brigade';
const RESERVED_FOLDER = '.brigade';

/** True when `text` can name a kind. */
export function isKind(text: string): boolean {
  return KIND.test(text);
}

/** True when `text` can name a worktree. */
function isWorktreeId(text: string): boolean {
  return WORKTREE.test(text);
}

/** Why no key can say `parsed`; null when one can. */
export function refusalOfKey(parsed: ParsedKey): Rejection | null {
  return parsed.form === 'name' ? refusalOfName(parsed.kind, parsed.name) : refusalOfPath(parsed);
}

export function refusalOfReserved(): Rejection {
  return invalidResource(
    `The kind ${RESERVED_KIND}: is reserved for Brigade itself.`,
    'Choose another kind, such as task:, port: or state:.',
  );
}

export function invalidResource(message: string, next: string): Rejection {
  return reject('INVALID_RESOURCE', { message, next });
}

export function outsideWorkspace(message: string, next: string): Rejection {
  return reject('PATH_OUTSIDE_WORKSPACE', { message, next });
}

function refusalOfName(kind: string, name: string): Rejection | null {
  if (!isKind(kind)) {
    const next = 'Write kind:name; a kind is a-z, 0-9 and -, at most 31, as in task:review.';
    return invalidResource(`${quote(kind)} is not a kind of resource.`, next);
  }
  const subject = `The name after ${kind}:`;
  const flaw = flawOf(name, RESOURCE_LIMITS.nameBytes);
  if (flaw !== null) {
    const next = `Write ${kind}:name with 1 to ${RESOURCE_LIMITS.nameBytes} bytes of plain text.`;
    return invalidResource(`${subject} ${flaw}.`, next);
  }
  if (name.trim() !== name) {
    return invalidResource(`${subject} begins or ends with a space.`, `Write ${kind}:${name.trim()}.`);
  }
  if (HIDDEN.test(name)) {
    const next = `Write ${kind}:name without them, so that nobody takes it for another one.`;
    return invalidResource(`${subject} holds letters that nobody sees, or that turn the direction of others.`, next);
  }
  return refusalOfForm(subject, name);
}

/** A file may be called so; a name that somebody thinks up need not. Joiners stay: scripts and emoji need them. */
const HIDDEN = /[\p{Bidi_Control}\u00ad\u180e\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/u;

function refusalOfPath(parsed: PathKey | SymbolKey): Rejection | null {
  const { kind, space, path, form } = parsed;
  if (kind === 'file' ? !isWorktreeId(space) : space !== EVERY_SPACE) {
    return invalidResource(`${quote(space)} is not the id of a worktree.`, 'Leave out the part from @ to /.');
  }
  if (path === '') return form === 'tree' ? null : refusalOfNoPath(kind);
  return refusalOfPathText(path) ?? refusalOfSegments(parsed) ?? refusalOfGlob(parsed) ?? refusalOfSymbol(parsed);
}

/** A request or key that stops after its kind. */
export function refusalOfNoPath(kind: PathKind): Rejection {
  return invalidResource(`${kind}: has no path.`, `Write ${kind}:src/a.ts, or ${kind}:./ for everything.`);
}

function refusalOfPathText(path: string): Rejection | null {
  const subject = `The path ${quote(path)}`;
  const flaw = flawOf(path, RESOURCE_LIMITS.pathBytes);
  if (flaw === null) return refusalOfForm(subject, path);
  const next = `Name a path of at most ${RESOURCE_LIMITS.pathBytes} bytes without control characters.`;
  return invalidResource(`${subject} ${flaw}.`, next);
}

function refusalOfSegments({ kind, space, path, form }: PathKey | SymbolKey): Rejection | null {
  const segments = path.split('/');
  const [first = ''] = segments;
  if (foldText(first) === RESERVED_FOLDER) {
    const next = 'Lock the files you work on; nothing in there is for agents to edit.';
    return outsideWorkspace(`${quote(path)} lies in ${RESERVED_FOLDER}/, which belongs to Brigade.`, next);
  }
  if (kind === 'file' && first === `@${space}`) {
    const message = `${quote(path)} begins with the id of its worktree, so it would read as another path.`;
    return invalidResource(message, 'Give the folder another name.');
  }
  // The final slash of a glob stands for everything beneath.
  const names = form === 'glob' && path.endsWith('/') ? segments.slice(0, -1) : segments;
  if (!names.some((name) => name === '' || name === '.' || name === '..')) return null;
  return invalidResource(`${quote(path)} is not a plain path.`, 'Write it without empty segments, `.` and `..`.');
}

function refusalOfGlob({ form, path }: PathKey | SymbolKey): Rejection | null {
  if (form !== 'glob') return null;
  const subject = `The pattern ${quote(path)}`;
  const tooLong = flawOf(path, RESOURCE_LIMITS.globBytes);
  if (tooLong !== null) {
    return invalidResource(
      `${subject} ${tooLong}.`,
      'Name a folder such as file:src/, or several resources in one call.',
    );
  }
  if (path.includes('\\')) {
    const next = 'Separate folders with /; write %5C for a \\ in a name, and %2A for a *.';
    return invalidResource(`${subject} has a backslash.`, next);
  }
  if (path.includes('#') || normaliseEscapes(path) !== path) {
    return invalidResource(`${subject} has a # or % that is not escaped.`, 'Write %23 for # and %25 for %.');
  }
  const flaw = flawOfGlob(path);
  return flaw === null ? null : invalidResource(`${subject} ${flaw.flaw}.`, flaw.next);
}

function refusalOfSymbol(parsed: PathKey | SymbolKey): Rejection | null {
  if (parsed.form !== 'symbol') return null;
  const { symbol } = parsed;
  const subject = `The symbol ${quote(symbol)}`;
  const flaw = flawOf(symbol, RESOURCE_LIMITS.symbolBytes) ?? flawOfDottedName(symbol);
  if (flaw === null) return refusalOfForm(subject, symbol);
  const next = 'Write file:src/a.ts#Foo.bar with a dotted name, or %23 for a # in a file name.';
  return invalidResource(`${subject} ${flaw}.`, next);
}

function flawOfDottedName(symbol: string): string | null {
  if (symbol.includes('/')) return 'has a slash';
  return symbol.split('.').includes('') ? 'has an empty part' : null;
}

/** One text, one spelling: a letter with an accent is one character here. */
function refusalOfForm(subject: string, text: string): Rejection | null {
  if (text.normalize('NFC') === text) return null;
  return invalidResource(`${subject} is not in Unicode form NFC.`, 'Write it in form NFC.');
}
