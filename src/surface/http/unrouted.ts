// A request that no route takes: the path is not there (404), or it is and takes other methods (405, with `Allow`), or the
// question is which ones it takes (OPTIONS). Pages of other origins learn nothing so: they are refused before.

import type { Context, Hono } from 'hono';
import { type Rejection, reject } from '../../core/rejection.ts';
import type { HttpEnv } from './http-parts.ts';
import { problem } from './problem.ts';

/** A stream of messages has no head to ask for. */
const WITHOUT_HEAD: ReadonlySet<string> = new Set(['/mcp']);
const PATH_SHOWN_MAX = 200;

/** The answer to what no route of `app` took. */
export function unrouted(app: Hono<HttpEnv>, c: Context<HttpEnv>): Response {
  const { method, path } = c.req;
  const allowed = methodsAt(app, path);
  if (allowed.length === 0) return problem(unknownRoute(method, path));
  const allow = allowed.join(', ');
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  // The route was found, and found nothing there.
  if (allowed.includes(method)) return problem(unknownRoute(method, path));
  const answer = problem(wrongMethod(method, path, allowed));
  answer.headers.set('allow', allow);
  return answer;
}

/** What `path` takes, by the routes themselves; empty where there is nothing. What stands before all routes is none. */
function methodsAt(app: Hono<HttpEnv>, path: string): readonly string[] {
  const mounted = [...new Set(app.routes.map(({ method }) => method))];
  const taken = mounted.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method && !route.path.endsWith('*')),
  );
  if (taken.length === 0) return [];
  const withHead = taken.includes('GET') && !WITHOUT_HEAD.has(path) ? ['HEAD'] : [];
  return [...taken, ...withHead, 'OPTIONS'].toSorted();
}

function unknownRoute(method: string, path: string): Rejection {
  return reject('UNKNOWN_ROUTE', {
    message: `There is no ${method} ${path.slice(0, PATH_SHOWN_MAX)} here.`,
    next: 'Look at /openapi.json for what there is.',
  });
}

function wrongMethod(method: string, path: string, allowed: readonly string[]): Rejection {
  return reject('METHOD_NOT_ALLOWED', {
    message: `${path.slice(0, PATH_SHOWN_MAX)} is there, but takes no ${method}.`,
    next: `Ask it with ${allowed.join(', ')}; /openapi.json says what each of them does.`,
    details: { method, allowed },
  });
}
