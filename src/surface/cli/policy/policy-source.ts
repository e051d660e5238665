// The policy file that a command is about: the one that was named, or that of the workspace.

import { isAbsolute, relative, resolve } from 'node:path';
import { readPolicy } from '../../../app/policy/read-policy.ts';
import * as compose from '../../../compose.ts';
import type { Policy } from '../../../core/governance/policy.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { Context } from '../context.ts';
import { hostOf } from '../open-fleet.ts';

export interface PolicySource {
  /** As seen from the current folder. */
  readonly path: string;
  /** That of the workspace. */
  readonly isOwn: boolean;
  /** Null where the workspace has none. */
  readonly policy: Policy | null;
}

/** POLICY_INVALID for a file that is not valid, INVALID_ARGUMENT for a named one that is not there. */
export async function policySource(context: Context, named: string | undefined): Promise<PolicySource | Rejection> {
  const { folder } = context.cli;
  const own = compose.policyPath(await hostOf(context.cli, context.flags));
  const file = named === undefined ? own : resolve(folder, named);
  const isOwn = file === own;
  const path = shownFrom(folder, file);
  const policy = readPolicy(() => {
    const found = compose.readPolicyFile(file);
    return found === null ? null : { path, text: found.text };
  });
  if (isRejection(policy)) return policy;
  return policy === null && !isOwn ? notThere(path) : { path, isOwn, policy };
}

function shownFrom(folder: string, file: string): string {
  const path = relative(folder, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

function notThere(path: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is no file ${path}.`,
    next: 'Name a policy file, or none for .brigade/policy.json.',
    details: { file: path },
  });
}
