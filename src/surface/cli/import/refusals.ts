// Refusals of an import: those of one record or line, which go into the report, and those that end it.

import type { Rejection } from '../../../core/rejection.ts';
import type { Refusal } from './report.ts';

/** The fleet takes nothing now: nobody has authority, or the log cannot be written. What was taken so far is known to it. */
export class ImportStopped extends Error {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(rejection.message);
    this.name = 'ImportStopped';
    this.rejection = rejection;
  }
}

/** What was given is wrong, and other records may be right. */
export function isAboutTheData({ category, code }: Rejection): boolean {
  return category === 'invalid' || code === 'TOO_LARGE';
}

export function refusalOf(line: number | null, { message, next }: Rejection): Refusal {
  return { line, message, next };
}
