// The body of a request, bounded before anybody parses it: by the length it declares, and by what comes where it declares
// none. Who reads it after this reads what is in memory already.

import type { Context } from 'hono';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { HttpEnv } from '../http-parts.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { nestsDeeper } from './json-depth.ts';

const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Why the body cannot be taken; null when there is none, or it is small, whole and flat enough. */
export async function refuseBody(c: Context<HttpEnv>, bytesMax: number): Promise<Rejection | null> {
  if (BODYLESS.has(c.req.method)) return null;
  const declared = c.req.header('content-length');
  if (declared !== undefined && Number(declared) > bytesMax) return tooLarge(bytesMax);
  const hasNone =
    declared === undefined && c.env?.incoming !== undefined && c.req.header('transfer-encoding') === undefined;
  if (declared === '0' || hasNone) return null;
  try {
    if (declared === undefined && !(await holdBody(c, bytesMax))) return tooLarge(bytesMax);
    return nestsDeeper(new Uint8Array(await c.req.arrayBuffer()), HTTP_LIMITS.jsonDepth) ? tooDeep() : null;
  } catch {
    // Its sender went away, or was too slow: nobody is left who would hear this.
    return reject('INVALID_ARGUMENT', { message: 'The body did not arrive whole.', next: 'Send the request again.' });
  }
}

/** Reads a body of no declared length, no further than the bound, and puts it in the place of the stream. False: it is longer. */
async function holdBody(c: Context<HttpEnv>, bytesMax: number): Promise<boolean> {
  const body: ReadableStream<Uint8Array> | null = c.req.raw.body;
  if (body === null) return true;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return false;
    chunks.push(chunk);
  }
  c.req.raw = new Request(c.req.raw, { method: c.req.method, body: Buffer.concat(chunks) });
  return true;
}

function tooLarge(bytesMax: number): Rejection {
  return reject('TOO_LARGE', {
    message: `The body is longer than ${bytesMax} bytes.`,
    next: 'Ask for less in one call.',
    details: { bytesMax },
  });
}

function tooDeep(): Rejection {
  return reject('TOO_LARGE', {
    message: `The body nests deeper than ${HTTP_LIMITS.jsonDepth} levels.`,
    next: 'Send it flatter.',
    details: { depthMax: HTTP_LIMITS.jsonDepth },
  });
}
