// What is asked for where the cursor stands: a command, an option, or the value of an option or of an argument.

import { type Argument, Command, type Option } from 'commander';
import { COMMANDS } from '../command-table.ts';
import { commandOf } from '../command-tree.ts';
import { addCommonOptions } from '../common-options.ts';
import { kindOf, type ValueKind } from './kinds.ts';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

export interface Cursor {
  /** Commands or options that may stand here. */
  readonly words: readonly Candidate[];
  readonly kind: ValueKind;
  /** What stands before the value in the same word, as in `--holder=`. */
  readonly before: string;
  /** What was typed of it so far. */
  readonly typed: string;
  /** Options that say which fleet is meant. */
  readonly flags: Readonly<Record<string, string>>;
}

/** Reads the words behind `brigade`, of which the last is the one to be completed. */
export async function cursorIn(words: readonly string[]): Promise<Cursor> {
  const walk = new Walk();
  for (const word of words.slice(0, -1)) await walk.pass(word);
  return walk.at(words.at(-1) ?? '');
}

class Walk {
  #path: readonly string[] = [];
  #command = programCommand();
  #given = 0;
  /** An option whose value comes next. */
  #open: Option | null = null;
  /** Behind `--` nothing is an option. */
  #isRest = false;
  readonly #flags: Record<string, string> = {};

  async pass(word: string): Promise<void> {
    if (!this.#isRest && word.startsWith('-')) return this.#passOption(word);
    if (this.#open !== null) {
      this.#flags[this.#open.attributeName()] = word;
      if (!this.#open.variadic) this.#open = null;
      return undefined;
    }
    // `brigade help COMMAND`
    if (word === 'help' && this.#path.length === 0 && this.#given === 0) return undefined;
    const below = await this.#below(word);
    if (below === null) this.#given += 1;
    else this.#enter(below);
    return undefined;
  }

  at(word: string): Cursor {
    if (!this.#isRest && word.startsWith('-')) return this.#atOption(word);
    if (this.#open !== null) return this.#cursor({ kind: this.#kindOfOption(this.#open), typed: word });
    const words = this.#given === 0 ? this.#commands() : [];
    const argument = this.#argument();
    return this.#cursor({ words, kind: argument === null ? 'nothing' : this.#kindOfArgument(argument), typed: word });
  }

  #passOption(word: string): void {
    this.#open = null;
    this.#isRest = word === '--';
    const [name, value] = splitOption(word);
    const option = this.#option(name);
    if (option === undefined || !(option.required || option.optional)) return;
    if (value === undefined) this.#open = option;
    else this.#flags[option.attributeName()] = value;
  }

  #atOption(word: string): Cursor {
    const [name, typed] = splitOption(word);
    const option = typed === undefined ? undefined : this.#option(name);
    if (option !== undefined)
      return this.#cursor({ kind: this.#kindOfOption(option), before: `${name}=`, typed: typed ?? '' });
    const options = this.#command.createHelp().visibleOptions(this.#command);
    const words = options.map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }));
    return this.#cursor({ words, typed: word });
  }

  #cursor(found: Partial<Cursor>): Cursor {
    return { words: [], kind: 'nothing', before: '', typed: '', flags: this.#flags, ...found };
  }

  async #below(word: string): Promise<Command | null> {
    // Behind `at WHEN` another command begins.
    const isAgain = this.#path[0] === 'at' && this.#given === 1;
    if (this.#given > 0 && !isAgain) return null;
    if (this.#path.length > 0 && !isAgain) return this.#command.commands.find((each) => each.name() === word) ?? null;
    const entry = COMMANDS.find(({ name }) => name === word);
    return entry === undefined ? null : commandOf(entry);
  }

  #enter(command: Command): void {
    this.#path = this.#path[0] === 'at' ? [command.name()] : [...this.#path, command.name()];
    this.#command = command;
    this.#given = 0;
  }

  #commands(): readonly Candidate[] {
    if (this.#path.length === 0) return COMMANDS.map(({ name, summary }) => ({ value: name, about: summary }));
    return this.#command.commands.map((each) => ({ value: each.name(), about: each.summary() }));
  }

  #option(name: string): Option | undefined {
    return this.#command.options.find(({ long, short }) => long === name || short === name);
  }

  #argument(): Argument | null {
    const args = this.#command.registeredArguments;
    const last = args.at(-1);
    return args[this.#given] ?? (last?.variadic === true ? last : null);
  }

  #kindOfArgument(argument: Argument): ValueKind {
    return argument.argChoices ?? kindOf([...this.#path, argument.name()].join(' '), argument.name());
  }

  #kindOfOption(option: Option): ValueKind {
    const where = [...this.#path, option.long ?? ''].join(' ');
    return option.argChoices ?? kindOf(where, placeholderOf(option));
  }
}

/** `agent` of `--holder <agent>`; empty where the option takes no value. */
export function placeholderOf(option: Option): string {
  return /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? '';
}

function programCommand(): Command {
  const program = new Command('brigade').option('-V, --version', 'print the version');
  addCommonOptions(program);
  return program;
}

function splitOption(word: string): readonly [string, string | undefined] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
