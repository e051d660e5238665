// Numbers made of a summary, for agents that send no parameters of their own. They see its surface: how long it is, whether it
// shows code, how often it repeats a word, and how many words it shares with the one before.
//
// Words and letters are told apart as the original did, in Python: split at white space, compared without regard to case.
// The original added noise to fill the rest up to 128; here it is zeros, so that the same texts always give the same numbers.

import { charactersIn } from './risk.ts';

export interface TextFeatures {
  readonly length: number;
  readonly complexity: number;
  readonly info: number;
  readonly coherence: number;
}

/** `previous` is null for the first text. A `complexity` that was stated takes the place of the one that would be derived. */
export function textFeatures(text: string, previous: string | null, complexity: number | null): TextFeatures {
  const words = wordsOf(text);
  const distinct = new Set(words);
  return {
    length: 1 / (1 + Math.exp(-(charactersIn(text) - 500) / 200)),
    complexity: complexity ?? complexityOf(text.toLowerCase()),
    info: words.length === 0 ? 0 : distinct.size / words.length,
    coherence: previous === null ? 1 : likeness(distinct, new Set(wordsOf(previous))),
  };
}

/** The drift that the original reported with them. It entered no formula, so it is part of no state. */
export function driftOf({ coherence, complexity }: TextFeatures): number {
  return 0.5 * (1 - coherence) + 0.3 * complexity;
}

const TERMS = ['algorithm', 'function', 'class', 'import', 'async'];

function complexityOf(small: string): number {
  const fence = small.includes('```') ? 0.3 : 0;
  const call = small.includes('tool_call') ? 0.3 : 0;
  const term = TERMS.some((known) => small.includes(known)) ? 0.2 : 0;
  return Math.min(0.2 + fence + call + term, 1);
}

/** Jaccard similarity. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size === 0 || other.size === 0) return 0.5;
  const shared = Array.from(one).filter((word) => other.has(word)).length;
  return shared / (one.size + other.size - shared);
}

function wordsOf(text: string): readonly string[] {
  const spaced = Array.from(text.toLowerCase(), (character) => (isSpace(character) ? ' ' : character)).join('');
  return spaced.split(' ').filter((word) => word !== '');
}

/** Python splits at five characters at which JavaScript does not, and not at the byte order mark. */
function isSpace(character: string): boolean {
  return character.trim() === '' ? character !== '\ufeff' : PYTHON_SPACES.has(character);
}

const PYTHON_SPACES: ReadonlySet<string> = new Set(['\u001c', '\u001d', '\u001e', '\u001f', '\u0085']);
