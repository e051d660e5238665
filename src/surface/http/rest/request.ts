// What a request says, from bytes and text to typed values; or the one refusal that says what is wrong.

import type * as z from 'zod';
import { type Rejection, reject } from '../../../core/rejection.ts';
import { parseFields } from '../../schema/arguments.ts';
import type { HttpContext } from './operation.ts';

export type Read<Schema extends z.ZodObject> = { readonly args: z.output<Schema> } | { readonly rejection: Rejection };

/** Reads the query of requests to `name`. */
export function readQuery<Schema extends z.ZodObject>(name: string, schema: Schema): (c: HttpContext) => Read<Schema> {
  const kinds = new Map(Object.entries(schema.shape).map(([field, type]) => [field, kindOf(type as z.ZodType)]));
  const nothing = schema.safeParse({});
  return (c) => {
    if (nothing.success && !c.req.url.includes('?')) return { args: nothing.data };
    const given: Record<string, unknown> = {};
    for (const [field, values] of Object.entries(c.req.queries())) {
      const [value = '', ...more] = values;
      if (more.length > 0) return { rejection: twice(name, field) };
      given[field] = typed(value, kinds.get(field));
    }
    return parseFields({ name, schema, nullable: [] }, given) as Read<Schema>;
  };
}

type Kind = 'number' | 'boolean' | 'text';

/** Without what makes a field optional. */
function kindOf(type: z.ZodType): Kind {
  const { def } = type as z.ZodType & { readonly def: { readonly type: string; readonly innerType?: z.ZodType } };
  if (def.innerType !== undefined) return kindOf(def.innerType);
  return def.type === 'number' || def.type === 'boolean' ? def.type : 'text';
}

/** What is no number or no boolean stays text, which the schema refuses. */
function typed(value: string, kind: Kind | undefined): unknown {
  if (kind === 'number' && /^-?\d{1,16}$/.test(value)) return Number(value);
  if (kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

const JSON_TYPE = /^application\/(?:[a-z.-]+\+)?json *(?:; *charset="?utf-8"? *)?$/i;
/** Throws where bytes are no UTF-8, instead of writing something else for them. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the body of requests to `name`. A request without one says nothing, which may be enough. */
export function readBody<Schema extends z.ZodObject>(
  name: string,
  schema: Schema,
  nullable: readonly string[],
): (c: HttpContext) => Promise<Read<Schema>> {
  const fields = { name, schema, nullable };
  return async (c) => {
    const bytes = await bytesOf(c);
    if (bytes === null) return { rejection: cutShort(name) };
    if (bytes.byteLength === 0) return parseFields(fields, {}) as Read<Schema>;
    const type = c.req.header('content-type');
    if (type === undefined || !JSON_TYPE.test(type)) return { rejection: notJsonType(name, type) };
    const sent = parsed(bytes);
    return sent === undefined ? { rejection: notJson(name) } : (parseFields(fields, sent.value) as Read<Schema>);
  };
}

/** As whoever guards the door has read them already: asked for in another form, they would be read through a stream once more. */
async function bytesOf(c: HttpContext): Promise<ArrayBuffer | null> {
  try {
    return await c.req.arrayBuffer();
  } catch {
    return null;
  }
}

function parsed(bytes: ArrayBuffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(UTF8.decode(bytes)) as unknown };
  } catch {
    return undefined;
  }
}

function invalid(message: string, next: string, path: string): Rejection {
  return reject('INVALID_ARGUMENT', { message, next, details: { path } });
}

function twice(name: string, field: string): Rejection {
  const shown = field.slice(0, 40);
  return invalid(`${name}: ${JSON.stringify(shown)} is given more than once.`, 'Give it once.', shown);
}

function notJsonType(name: string, type: string | undefined): Rejection {
  const what = type === undefined ? 'The body has no content type' : `The body is ${JSON.stringify(type.slice(0, 80))}`;
  return invalid(
    `${name}: ${what}; it is application/json in UTF-8.`,
    'Send `Content-Type: application/json`.',
    'Content-Type',
  );
}

function notJson(name: string): Rejection {
  return invalid(`${name}: the body is no JSON in UTF-8.`, 'Send one JSON object.', '');
}

function cutShort(name: string): Rejection {
  return invalid(`${name}: the body did not arrive whole.`, 'Send the request again.', '');
}
