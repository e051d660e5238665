// Holds answers of the HTTP server against its own document: each status must be declared, and each body must be as its schema
// says, without a member that the schema does not name.

import { Ajv2020 } from 'ajv/dist/2020.js';
import type { OpenApiDocument } from '../../src/surface/http/rest/document/document.ts';

export interface Answered {
  readonly status: number;
  readonly type: string;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
}

export class Conformance {
  readonly document: OpenApiDocument;
  /** Operations that answered with success. */
  readonly seen = new Set<string>();
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #routes: readonly { readonly method: string; readonly path: string; readonly form: RegExp }[];

  constructor(document: OpenApiDocument) {
    this.document = document;
    this.#ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/);
    this.#ajv.addSchema(closed(document) as object, 'document');
    this.#routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method, path, form: formOf(path) })),
    );
  }

  /** Why the answer is not as documented; empty when it is. Routes that are not documented may answer a 404 alone. */
  flawsOf(method: string, path: string, { status, type, body }: Answered): readonly string[] {
    const route = this.#routeOf(method, path);
    if (route === undefined) return status === 404 ? [] : [`${method} ${path} is not documented and answers ${status}`];
    const operation = this.document.paths[route.path]?.[route.method];
    const responses = `/paths/${escaped(route.path)}/${route.method}/responses/${status}`;
    const response = operation?.responses[String(status)];
    if (operation === undefined || response === undefined) return [`${method} ${path}: ${status} is not documented`];
    if (status < 300) this.seen.add(operation.operationId);
    const place = response.$ref === undefined ? responses : response.$ref.slice(1);
    const content = this.#at(place)?.content as Record<string, unknown> | undefined;
    if (content === undefined)
      return body === undefined || body === '' ? [] : [`${method} ${path}: ${status} has a body`];
    if (!(type in content))
      return [`${method} ${path}: ${status} is ${type}, documented as ${Object.keys(content).join(', ')}`];
    return this.flawsAt(`${place}/content/${escaped(type)}/schema`, body).map(
      (flaw) => `${method} ${path} ${status}${flaw}`,
    );
  }

  /** What is wrong with `value` by the schema that stands at `pointer`. */
  flawsAt(pointer: string, value: unknown): readonly string[] {
    const validate = this.#ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = '', params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  }

  #routeOf(method: string, path: string) {
    const [plain = ''] = path.split('?');
    const fits = this.#routes.filter((route) => route.method === method.toLowerCase() && route.form.test(plain));
    return fits.toSorted((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))[0];
  }

  #at(pointer: string): Readonly<Record<string, unknown>> | undefined {
    let at: unknown = this.document;
    for (const part of pointer.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      at = (at as Record<string, unknown> | undefined)?.[name];
    }
    return at as Readonly<Record<string, unknown>> | undefined;
  }
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Names of resources and keys may have slashes. */
function formOf(path: string): RegExp {
  const pattern = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'id' ? '[^/]+' : '.+'));
  return new RegExp(`^${pattern}$`);
}

/** The document with objects that take no member besides those they name, unless they say so. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closed(each)]));
  const isObject = copy.type === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isObject ? { ...copy, additionalProperties: false } : copy;
}
