// A line of shell as words and operators, as far as its text alone tells. Not a shell: it expands nothing. A word that
// depends on what is expanded (`$file`, `$(ls)`) is known to be unknown, and what runs inside `$(...)` is read as a line of its own.

export type ShellToken =
  | ShellWord
  /** `;` `&` `&&` `||` `|` `(` `)` and the end of a line: what ends a command. */
  | { readonly t: 'end'; readonly sign: string }
  /** The word behind it is a file that is written, or one that is only read. */
  | { readonly t: 'redirect'; readonly writes: boolean }
  /** What stands below the line, up to the word that ends it. */
  | { readonly t: 'heredoc'; readonly text: string }
  /** A line of shell within this one. */
  | { readonly t: 'inner'; readonly command: string };

export interface ShellWord {
  readonly t: 'word';
  readonly text: string;
  /** Something in it is known only when the shell runs. */
  readonly isUnknown: boolean;
  /** `*`, `?` or `[` stand in it unquoted. */
  readonly isPattern: boolean;
}

/** The tokens in order. Text that is cut off in the middle of a quotation is read as far as it goes. */
export function shellTokens(line: string): readonly ShellToken[] {
  return new Reader(line).read();
}

const REDIRECT = /^(?:\d*|&)(?:>>|>\||>&|>|<>|<<<|<<-|<<|<&|<)/;
const END = /^(?:&&|\|\||;;|\|&|[;&|()\n])/;
const VARIABLE = /^\$(?:\w+|[#?@*!$-])/;

// What is looked for behind a sign that opens something.
const BRACE = /\}/g;
const BRACE_OR_SPACE = /[}\s]/g;
const COMMA = /[,.]/g;
const PARENTHESIS = /\)/g;

class Reader {
  readonly #line: string;
  readonly #tokens: ShellToken[] = [];
  /** Heredocs whose text begins below this line. */
  #awaited: { readonly end: string; readonly isIndented: boolean }[] = [];
  #at = 0;
  /** Where each of these comes next, so that a line of nothing but openings is not searched to its end for each of them. */
  readonly #next = new Map<RegExp, number>();

  constructor(line: string) {
    this.#line = line;
  }

  read(): readonly ShellToken[] {
    while (this.#at < this.#line.length) this.#token();
    return this.#tokens;
  }

  #token(): void {
    const rest = this.#line.slice(this.#at);
    const space = /^(?:[ \t\r]|\\\n)+/.exec(rest)?.[0];
    if (space !== undefined) {
      this.#at += space.length;
      return;
    }
    if (rest.startsWith('#')) {
      this.#at += rest.indexOf('\n') === -1 ? rest.length : rest.indexOf('\n');
      return;
    }
    // `<(...)` and `>(...)` are words: a command whose output, or input, is a file.
    const redirect = /^[<>]\(/.test(rest) ? undefined : REDIRECT.exec(rest)?.[0];
    if (redirect !== undefined) {
      this.#redirect(redirect);
      return;
    }
    const end = END.exec(rest)?.[0];
    if (end === undefined) {
      this.#tokens.push(this.#word());
      return;
    }
    this.#at += end.length;
    this.#tokens.push({ t: 'end', sign: end });
    if (end === '\n') this.#heredocs();
  }

  #redirect(sign: string): void {
    this.#at += sign.length;
    if (sign.endsWith('<<') || sign.endsWith('<<-')) {
      this.#skipSpaces();
      this.#awaited.push({ end: this.#word().text, isIndented: sign.endsWith('-') });
      return;
    }
    // `>&2` and `<&3` name no file.
    const copied = sign.endsWith('&') ? /^(?:\d+|-)/.exec(this.#line.slice(this.#at))?.[0] : undefined;
    if (copied === undefined) this.#tokens.push({ t: 'redirect', writes: sign.includes('>') });
    else this.#at += copied.length;
  }

  #heredocs(): void {
    for (const { end, isIndented } of this.#awaited) {
      const lines: string[] = [];
      while (this.#at < this.#line.length) {
        const stop = this.#line.indexOf('\n', this.#at);
        const line = this.#line.slice(this.#at, stop === -1 ? undefined : stop);
        this.#at = stop === -1 ? this.#line.length : stop + 1;
        if ((isIndented ? line.replace(/^\t+/, '') : line).replace(/\r$/, '') === end) break;
        lines.push(line);
      }
      this.#tokens.push({ t: 'heredoc', text: lines.join('\n') });
    }
    this.#awaited = [];
  }

  #skipSpaces(): void {
    while (/[ \t]/.test(this.#line[this.#at] ?? '')) this.#at += 1;
  }

  #word(): ShellWord {
    let text = '';
    let isUnknown = false;
    let isPattern = false;
    const begin = this.#at;
    for (let sign = this.#line[this.#at]; sign !== undefined; sign = this.#line[this.#at]) {
      if (/[\s;&|()<>]/.test(sign) && !/^[<>]\(/.test(this.#line.slice(this.#at))) break;
      if (sign === "'") text += this.#upTo("'");
      else if (sign === '"') {
        const quoted = this.#doubleQuoted();
        text += quoted.text;
        isUnknown ||= quoted.isUnknown;
      } else if (sign === '\\') {
        text += this.#line[this.#at + 1] === '\n' ? '' : (this.#line[this.#at + 1] ?? '');
        this.#at += 2;
      } else if (sign === '$' && this.#line[this.#at + 1] === "'") {
        this.#at += 1;
        text += this.#upTo("'");
      } else if (this.#expansion()) isUnknown = true;
      else {
        isPattern ||= /[*?[]/.test(sign);
        // Alternatives and a home folder are expanded into other words.
        isUnknown ||= sign === '{' && this.#nextOf(COMMA) < this.#nextOf(BRACE_OR_SPACE);
        isUnknown ||= sign === '~' && text === '';
        text += sign;
        this.#at += 1;
      }
    }
    // Whatever it is, the reader goes on behind it.
    if (this.#at === begin) this.#at += 1;
    return { t: 'word', text, isUnknown, isPattern };
  }

  /** From the quotation mark here to the next one. */
  #upTo(mark: string): string {
    const stop = this.#line.indexOf(mark, this.#at + 1);
    const text = this.#line.slice(this.#at + 1, stop === -1 ? undefined : stop);
    this.#at = stop === -1 ? this.#line.length : stop + 1;
    return text;
  }

  #doubleQuoted(): { readonly text: string; readonly isUnknown: boolean } {
    let text = '';
    let isUnknown = false;
    this.#at += 1;
    for (let sign = this.#line[this.#at]; sign !== undefined && sign !== '"'; sign = this.#line[this.#at]) {
      if (sign === '\\' && /["\\$`\n]/.test(this.#line[this.#at + 1] ?? '')) {
        text += this.#line[this.#at + 1] === '\n' ? '' : this.#line[this.#at + 1];
        this.#at += 2;
      } else if (this.#expansion()) isUnknown = true;
      else {
        text += sign;
        this.#at += 1;
      }
    }
    this.#at += 1;
    return { text, isUnknown };
  }

  /** Goes past `$x`, `${x}`, `$(...)`, a line in backticks, `<(...)`. False where there is none. */
  #expansion(): boolean {
    const rest = this.#line.slice(this.#at);
    if (rest.startsWith('`')) {
      this.#tokens.push({ t: 'inner', command: this.#upTo('`') });
      return true;
    }
    if (/^(?:\$|[<>])\((?!\()/.test(rest)) {
      const length = closing(rest.slice(2));
      this.#tokens.push({ t: 'inner', command: rest.slice(2, 2 + length) });
      this.#at += length + 3;
      return true;
    }
    const end = this.#expansionEnd(rest);
    if (end === null) return false;
    this.#at = end;
    return true;
  }

  /** Behind the `$((...))`, `${...}` or `$x` that `rest` begins with; null where it begins with none. */
  #expansionEnd(rest: string): number | null {
    if (rest.startsWith('$((')) {
      const stop = this.#nextOf(PARENTHESIS);
      return this.#line[stop + 1] === ')' ? stop + 2 : null;
    }
    if (rest.startsWith('${')) {
      const stop = this.#nextOf(BRACE);
      return Number.isFinite(stop) ? stop + 1 : null;
    }
    const variable = VARIABLE.exec(rest)?.[0];
    return variable === undefined ? null : this.#at + variable.length;
  }

  /** Where what `signs` matches comes next; infinity where it does not any more. */
  #nextOf(signs: RegExp): number {
    const known = this.#next.get(signs) ?? -1;
    if (known >= this.#at) return known;
    signs.lastIndex = this.#at;
    const found = signs.exec(this.#line)?.index ?? Number.POSITIVE_INFINITY;
    this.#next.set(signs, found);
    return found;
  }
}

/** How far it is to the `)` that closes what is open before `text`. Quotations are passed. */
function closing(text: string): number {
  let depth = 1;
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i] as string;
    if (sign === '\\') i += 1;
    else if (sign === "'" || sign === '"') {
      const stop = text.indexOf(sign, i + 1);
      if (stop === -1) return text.length;
      i = stop;
    } else if (sign === '(') depth += 1;
    else if (sign === ')') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return text.length;
}
