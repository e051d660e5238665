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

/** A number from 0 to 1. */
export function shareOption(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError('It is no number from 0 to 1.');
  return number;
}

export function numbersOption(text: string): readonly number[] {
  const numbers =
    text.trim() === '' ? [] : text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.some((number) => !Number.isFinite(number)))
    throw new InvalidArgumentError('Give numbers separated by commas.');
  return numbers;
}
