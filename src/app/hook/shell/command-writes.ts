// What the usual programs write, told by their arguments: copies, moves, deletions, edits in place, patches. A program that is
// not here may write whatever it likes; only its redirections are seen.

import { patchFiles } from '../patch-files.ts';
import type { ShellWord } from './shell-words.ts';

/** A path that is written. */
export interface WrittenWord {
  readonly path: string;
  readonly isPattern: boolean;
  /** Names of what is put into it where it is a folder. */
  readonly into: readonly string[];
}

export interface SimpleCommand {
  /** Without assignments and without what only starts another program. */
  readonly words: readonly ShellWord[];
  readonly heredocs: readonly string[];
}

/** What the command writes, as far as its words tell. */
export function writesOf({ words, heredocs }: SimpleCommand): readonly WrittenWord[] {
  const [program, ...args] = words;
  if (program === undefined || program.isUnknown) return [];
  const name = nameOf(program);
  const writes = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  return writes?.(args, heredocs) ?? [];
}

/** Of a program, without its folder. */
export function nameOf({ text }: ShellWord): string {
  return text.slice(text.lastIndexOf('/') + 1).replace(/\.exe$/i, '');
}

type Writes = (args: readonly ShellWord[], heredocs: readonly string[]) => readonly WrittenWord[];

const all: Writes = (args) => operands(args).map(written);

const PROGRAMS: Readonly<Record<string, Writes>> = {
  rm: all,
  unlink: all,
  shred: (args) => operands(args, ['-n', '-s']).map(written),
  touch: (args) => operands(args, ['-d', '-t', '-r']).map(written),
  truncate: (args) => operands(args, ['-s', '-r']).map(written),
  rmdir: all,
  tee: all,
  mv: (args) => {
    const { sources, targets } = moved(args);
    return [...sources.map(written), ...targets];
  },
  cp: (args) => moved(args).targets,
  install: (args) => moved(args, ['-m', '-o', '-g']).targets,
  ln: (args) => moved(args).targets,
  rsync: (args) => moved(args, ['-e', '--exclude', '--include']).targets.filter(({ path }) => !path.includes(':')),
  dd: (args) => args.flatMap((arg) => (arg.text.startsWith('of=') ? [written(without(arg, 'of='))] : [])),
  sed: (args) =>
    hasShort(args, 'i') || hasLong(args, '--in-place') ? scripted(args, ['-e', '-f', '--expression', '--file']) : [],
  perl: (args) => (hasShort(args, 'i') ? scripted(args, ['-e', '-E']) : []),
  curl: (args) => valuesOf(args, ['-o', '--output']).map(written),
  wget: (args) => valuesOf(args, ['-O', '--output-document']).map(written),
  sort: (args) => valuesOf(args, ['-o', '--output']).map(written),
  git: (args) => gitWrites(args),
  apply_patch: (args, heredocs) => patched([...args.map(({ text }) => text), ...heredocs]),
  applypatch: (args, heredocs) => patched([...args.map(({ text }) => text), ...heredocs]),
};

function gitWrites(given: readonly ShellWord[]): readonly WrittenWord[] {
  const folders = valuesOf(given, ['-C']);
  const [verb, ...args] = operandsAndOptions(given, ['-C', '-c', '--git-dir', '--work-tree']);
  const within = (paths: readonly WrittenWord[]): readonly WrittenWord[] =>
    folders.reduceRight((below, folder) => below.map((each) => under(folder, each)), paths);
  switch (verb?.text) {
    // Without `--` a name may be that of a branch.
    case 'checkout':
      return within(behindDashes(args).map(written));
    case 'restore':
      return hasLong(args, '--staged') && !hasLong(args, '--worktree')
        ? []
        : within(operands(args, ['-s', '--source']).map(written));
    case 'rm':
      return hasLong(args, '--cached') ? [] : within(operands(args).map(written));
    case 'mv': {
      const { sources, targets } = moved(args);
      return within([...sources.map(written), ...targets]);
    }
    default:
      return [];
  }
}

function under(folder: ShellWord, each: WrittenWord): WrittenWord {
  if (each.path.startsWith('/')) return each;
  return { ...each, path: `${folder.text}/${each.path}` };
}

function patched(texts: readonly string[]): readonly WrittenWord[] {
  return texts.flatMap(patchFiles).map((path) => ({ path, isPattern: false, into: [] }));
}

function written({ text, isPattern }: ShellWord): WrittenWord {
  return { path: text, isPattern, into: [] };
}

/** What is copied or moved, and where to: the last operand, or what `-t` names. */
function moved(
  args: readonly ShellWord[],
  withValue: readonly string[] = [],
): { readonly sources: readonly ShellWord[]; readonly targets: readonly WrittenWord[] } {
  const [folder] = valuesOf(args, ['-t', '--target-directory']);
  const given = operands(args, [...withValue, '-t', '--target-directory', '-S', '--suffix']);
  const sources = folder === undefined ? given.slice(0, -1) : given;
  const target = folder ?? given.at(-1);
  if (target === undefined || sources.length === 0) return { sources, targets: [] };
  const into = sources
    .filter(({ isPattern }) => !isPattern)
    .map(({ text }) => text.replace(/\/+$/, '').replace(/^.*\//s, ''));
  const isWhole = into.length === sources.length;
  return { sources, targets: [{ ...written(target), into: isWhole ? into.filter((name) => name !== '') : [] }] };
}

/** Files behind a script: the first operand is one where no option brought it. */
function scripted(args: readonly ShellWord[], options: readonly string[]): readonly WrittenWord[] {
  const hasScript = args.some(({ text }) => options.some((option) => isOption(text, option)));
  const given = operands(args, options).filter(({ text }) => text !== '');
  return given.slice(hasScript ? 0 : 1).map(written);
}

/** `-e`, `-ne` and `-e...` of `-e`; `--output` and `--output=...` of `--output`. */
function isOption(text: string, option: string): boolean {
  if (option.startsWith('--')) return text === option || text.startsWith(`${option}=`);
  return new RegExp(`^-[a-zA-Z]*${option.slice(1)}$`).test(text);
}

function hasShort(args: readonly ShellWord[], letter: string): boolean {
  return args.some(({ text }) => new RegExp(`^-[a-hj-zA-Z0-9]*${letter}`).test(text));
}

function hasLong(args: readonly ShellWord[], option: string): boolean {
  return args.some(({ text }) => isOption(text, option));
}

/** Words that are neither options nor values of `withValue`; everything behind `--` is one. Unknown ones are left out. */
function operands(args: readonly ShellWord[], withValue: readonly string[] = []): readonly ShellWord[] {
  const found: ShellWord[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] as ShellWord;
    if (word.text === '--') return [...found, ...args.slice(i + 1)].filter(isKnown);
    const takesNext = withValue.some((option) => isOption(word.text, option) && !word.text.includes('='));
    if (takesNext) i += 1;
    else if (!word.text.startsWith('-') || word.text === '-') found.push(word);
  }
  return found.filter(isKnown);
}

/** The words from the first operand on, options among them. */
function operandsAndOptions(args: readonly ShellWord[], withValue: readonly string[]): readonly ShellWord[] {
  let i = 0;
  for (let word = args[i]; word?.text.startsWith('-') === true; word = args[i])
    i += withValue.includes(word.text) ? 2 : 1;
  return args.slice(i);
}

function behindDashes(args: readonly ShellWord[]): readonly ShellWord[] {
  const at = args.findIndex(({ text }) => text === '--');
  return at === -1 ? [] : args.slice(at + 1).filter(isKnown);
}

/** What stands behind one of the options, or after its `=`. */
function valuesOf(args: readonly ShellWord[], options: readonly string[]): readonly ShellWord[] {
  return args
    .flatMap((word, i) => {
      const option = options.find((each) => isOption(word.text, each));
      if (option === undefined) return [];
      return word.text.includes('=') && option.startsWith('--') ? [without(word, `${option}=`)] : (args[i + 1] ?? []);
    })
    .filter(isKnown);
}

function without(word: ShellWord, start: string): ShellWord {
  return { ...word, text: word.text.slice(start.length) };
}

function isKnown({ isUnknown }: ShellWord): boolean {
  return !isUnknown;
}
