// The cookie that makes a browser stand for an operator. A browser sends it by itself, so a request that carries it counts only
// where the browser also says that a page of this server made it.

import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Operator } from '../credential.ts';
import type { HttpEnv } from '../http-parts.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import type { Operators } from './operators.ts';

/** The operator whose browser makes this request; null where none does. */
export function operatorIn(
  c: Context<HttpEnv>,
  operators: Operators | null,
): { readonly operator: Operator; readonly name: string } | null {
  if (operators === null || c.req.header('cookie') === undefined) return null;
  const secret = cookieIn(c);
  return secret !== undefined && isOfOwnPage(c) ? operators.of(secret) : null;
}

export function cookieIn(c: Context<HttpEnv>): string | undefined {
  return getCookie(c, cookieName(c));
}

export function giveCookie(c: Context<HttpEnv>, secret: string, isSecure: boolean): void {
  const maxAge = HTTP_LIMITS.operatorMs / 1_000;
  setCookie(c, cookieName(c), secret, { path: '/', httpOnly: true, sameSite: 'Strict', secure: isSecure, maxAge });
}

export function takeCookie(c: Context<HttpEnv>, isSecure: boolean): void {
  deleteCookie(c, cookieName(c), { path: '/', secure: isSecure });
}

/** Browsers keep one jar for all ports of a host, so two servers need two names. */
export function cookieName(c: Context<HttpEnv>): string {
  return `brigade_operator_${c.env?.incoming?.socket.localPort ?? 0}`;
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** A foreign Origin was refused before. What changes something must show by whom it was made; every browser of today says so. */
function isOfOwnPage(c: Context<HttpEnv>): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site === 'same-origin') return true;
  const isRead = READS.has(c.req.method);
  if (site === undefined) return isRead || c.req.header('origin') !== undefined;
  return site === 'none' && isRead;
}
