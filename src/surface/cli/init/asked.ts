// What somebody asked init for, from the command line.

import { type Rejection, reject } from '../../../core/rejection.ts';
import type { Client } from './client.ts';
import { CLIENTS } from './clients/clients.ts';
import type { InitOrder, Scope } from './file-wish.ts';

export interface InitOptions {
  readonly client?: readonly string[];
  readonly hooks?: boolean;
  readonly git?: boolean;
  readonly scope?: string;
  readonly http?: string;
  readonly fail?: string;
  readonly dryRun?: boolean;
  readonly remove?: boolean;
  readonly yes?: boolean;
}

export interface Asked {
  /** Null: those that are here. */
  readonly clients: readonly Client[] | null;
  readonly order: InitOrder;
  readonly git: boolean;
}

const SCOPES: readonly string[] = ['project', 'user'] satisfies readonly Scope[];

export function askedFor(options: InitOptions): Asked | Rejection {
  const { client: names, scope = 'project', fail = 'open' } = options;
  if (!SCOPES.includes(scope)) return oneOf('--scope', scope, SCOPES);
  if (fail !== 'open' && fail !== 'closed') return oneOf('--fail', fail, ['open', 'closed']);
  const words = names?.flatMap((name) => name.split(',')).map((name) => name.trim());
  const unknown = words?.find((name) => !CLIENTS.some((client) => client.name === name));
  if (unknown !== undefined)
    return oneOf(
      '--client',
      unknown,
      CLIENTS.map(({ name }) => name),
    );
  const http = options.http === undefined ? null : addressOf(options.http);
  if (http !== null && 'code' in http) return http;
  return {
    clients: words === undefined ? null : CLIENTS.filter(({ name }) => words.includes(name)),
    order: { scope: scope as Scope, hooks: options.hooks === true, onFault: fail, http },
    git: options.git === true,
  };
}

function addressOf(text: string): URL | Rejection {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '') return new URL('/', url);
  return reject('INVALID_ARGUMENT', {
    message: `--http ${text} is no address of a server.`,
    next: 'Say the address that `brigade serve` printed, such as --http http://127.0.0.1:7420.',
    details: { http: text },
  });
}

function oneOf(flag: string, given: string, allowed: readonly string[]): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${flag} ${given} is not known.`,
    next: `There are ${allowed.join(', ')}.`,
    details: { flag, given, allowed },
  });
}
