// Reads a policy file; what it means is the parser's business. Only a plain file of a size that a policy can have is opened: a
// pipe would keep the process waiting, and the rest would fill its memory.

import { readFileSync, statSync } from 'node:fs';
import { LIMITS } from '../../core/limits.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from './error-code.ts';

/** The file; null when there is none. Refuses by POLICY_INVALID what cannot be read as one. */
export function readPolicyFile(path: string): { readonly path: string; readonly text: string } | null {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw unreadable(path, 'is no file');
    if (found.size > LIMITS.policyFileBytes) throw unreadable(path, `is longer than ${LIMITS.policyFileBytes} bytes`);
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error instanceof SetupFault ? error : unreadable(path, `cannot be read (${code})`, error);
  }
}

function unreadable(path: string, problem: string, cause?: unknown): SetupFault {
  const parts = { message: `${path} ${problem}.`, next: 'Put it right, or move it away.', details: { file: path } };
  return new SetupFault('POLICY_INVALID', parts, cause);
}
