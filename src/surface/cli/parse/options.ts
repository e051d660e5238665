// Parsers of option values. What is wrong is said by commander's own error, which ends in exit code 2 and a short usage.

import { InvalidArgumentError } from 'commander';
import { parseDuration } from './duration.ts';

/** Whole milliseconds. */
export function durationOption(text: string): number {
  const parsed = parseDuration(text);
  if ('flaw' in parsed) throw new InvalidArgumentError(`It ${parsed.flaw}.`);
  return parsed.ms;
}

export function wholeOption(text: string): number {
  const number = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('It is no whole number.');
  return number;
}

/** Gathers an option that may be given several times. */
export function gather(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
