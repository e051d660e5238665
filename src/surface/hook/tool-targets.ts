// What a tool of a client is about to change, told by its name and its input. Clients call the same tools by different
// names, and bring tools of their own by MCP; a tool that is not known here changes nothing as far as anybody can tell.

import type { EditTarget } from '../../app/hook/hook-call.ts';
import { patchFiles } from '../../app/hook/patch-files.ts';
import { type Fields, fieldsOf, listIn, longTextIn, textIn } from './input.ts';

/** Names without regard to case and signs; of a tool of MCP (`mcp__files__write_file`) its last part. */
const EDITS: ReadonlySet<string> = new Set([
  // Claude Code
  'edit',
  'multiedit',
  'write',
  'notebookedit',
  // Gemini CLI
  'writefile',
  'replace',
  // VS Code
  'editfiles',
  'createfile',
  'replacestringinfile',
  'multireplacestringinfile',
  'inserteditintofile',
  'editnotebookfile',
  // Cursor
  'strreplace',
  'searchreplace',
  'tabwrite',
  'delete',
  // Servers of MCP that edit files
  'editfile',
  'deletefile',
  'movefile',
  'renamefile',
  'strreplacebasededittool',
  'texteditor',
]);
const PATCHES: ReadonlySet<string> = new Set(['applypatch']);
const SHELLS: ReadonlySet<string> = new Set([
  'bash',
  'shell',
  'localshell',
  'shellcommand',
  'execcommand',
  'runshellcommand',
  'runinterminal',
  'runcommand',
  'terminal',
]);

const PATHS = [
  'file_path',
  'filePath',
  'notebook_path',
  'notebookPath',
  'target_file',
  'targetFile',
  'target_notebook',
  'absolute_path',
  'path',
  'uri',
  'source',
  'destination',
  'old_path',
  'new_path',
] as const;
/** Lists of files, or of edits that each name one. */
const LISTS = ['files', 'edits', 'replacements', 'paths'] as const;
/** More are not taken together anyway. */
const LISTED_MAX = 1_000;

/** Empty for a tool that changes no file, or none that can be told. */
export function toolTargets(tool: string, input: Fields): readonly EditTarget[] {
  const name = plainName(tool);
  if (PATCHES.has(name)) return patchTargets(input);
  if (SHELLS.has(name)) return shellTargets(input);
  if (!EDITS.has(name) || input.command === 'view') return [];
  const listed = LISTS.flatMap((list) => listIn(input, list)).slice(0, LISTED_MAX);
  const paths = [input, ...listed].flatMap((each) => (typeof each === 'string' ? [each] : pathsIn(fieldsOf(each))));
  return [...new Set(paths)].map((path) => ({ kind: 'path', path: plainPath(path) }));
}

function plainName(tool: string): string {
  const last = tool.split('__').at(-1) ?? tool;
  return last.toLowerCase().replaceAll(/[^a-z]/g, '');
}

function pathsIn(fields: Fields): readonly string[] {
  return PATHS.flatMap((name) => textIn(fields, name) ?? []);
}

function plainPath(path: string): string {
  if (!path.startsWith('file://')) return path;
  try {
    return decodeURIComponent(new URL(path).pathname);
  } catch {
    // Not the URL of a file after all.
    return path;
  }
}

function patchTargets(input: Fields): readonly EditTarget[] {
  const text = longTextIn(input, 'command', 'input', 'patch') ?? wordsOf(input).join('\n');
  const paths = patchFiles(text);
  // A patch within a line of shell, as it is called from one.
  if (paths.length > 0) return paths.map((path) => ({ kind: 'path', path }));
  return text === '' ? [] : [{ kind: 'shell', command: text }];
}

function shellTargets(input: Fields): readonly EditTarget[] {
  const words = wordsOf(input);
  if (words[0] === 'apply_patch') return patchFiles(words.join('\n')).map((path) => ({ kind: 'path', path }));
  const command = longTextIn(input, 'command', 'cmd') ?? words.map(quoted).join(' ');
  if (command === '') return [];
  const folder = textIn(input, 'workdir', 'cwd', 'directory', 'dir_path');
  return [{ kind: 'shell', command: folder === null ? command : `cd ${quoted(folder)} && ${command}` }];
}

/** A command as a list of words. */
function wordsOf(input: Fields): readonly string[] {
  return listIn(input, 'command', 'cmd').filter((word) => typeof word === 'string');
}

function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
