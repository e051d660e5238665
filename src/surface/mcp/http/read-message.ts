// The body of a POST, read once and within a bound, before anybody looks at what it says.

import { isJsonContentType, readRequestBody } from '@modelcontextprotocol/server';
import { HTTP_LIMITS } from '../../http/access/http-limits.ts';
import { nestsDeeper } from '../../http/access/json-depth.ts';
import { notJson, notJsonType, tooDeep, tooLarge, unreadable } from './json-rpc-error.ts';

/** As on stdio: the largest governed value and 256 long names fit many times over. */
const BODY_BYTES_MAX = HTTP_LIMITS.mcpBodyBytes;

/** What was posted, or the answer to what cannot be read. */
export async function readMessage(request: Request): Promise<{ readonly message: unknown } | Response> {
  if (!isJsonContentType(request.headers.get('content-type'))) return notJsonType();
  const text = await textOf(request);
  if (text instanceof Response) return text;
  if (nestsDeeper(Buffer.from(text), HTTP_LIMITS.jsonDepth)) return tooDeep(HTTP_LIMITS.jsonDepth);
  try {
    return { message: JSON.parse(text) as unknown };
  } catch {
    return notJson();
  }
}

/** With a length that it keeps to (Node sees to it) a body is read in one piece, which costs half. */
async function textOf(request: Request): Promise<string | Response> {
  const length = request.headers.get('content-length');
  if (Number(length) > BODY_BYTES_MAX) return tooLarge(BODY_BYTES_MAX);
  try {
    if (length !== null) return await request.text();
    const body = await readRequestBody(request, BODY_BYTES_MAX);
    return body.tooLarge ? tooLarge(BODY_BYTES_MAX) : body.text;
  } catch {
    return unreadable();
  }
}
