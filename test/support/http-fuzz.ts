// Requests that no client of ours would send: wrong in type, size, nesting, encoding, path and head, in all mixtures with what
// is right, so that they come as far as they can.

import type { Random } from './random.ts';

export interface FuzzWorld {
  /** `GET /v1/agents/:id` and the like, as they are mounted. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** Bearers of all kinds: live, ended, of nobody. */
  readonly secrets: readonly string[];
  /** Names of things that are there. */
  readonly names: readonly string[];
  readonly tools: readonly string[];
}

const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  '.',
  '..',
  '../../../../../../etc/passwd',
  '..%2f..%2f..%2fcanary',
  '%2e%2e%2fcanary',
  '%252e%252e%252fcanary',
  '..\\..\\canary',
  '....//....//canary',
  '/etc/passwd',
  'file:///etc/passwd',
  'C:\\windows',
  '\u0000',
  'a\u0000b',
  'a\r\nSet-Cookie: x=1',
  '\ud800',
  '\u202eabc',
  'e\u0301',
  '\u{1f512}'.repeat(50),
  '__proto__',
  'constructor',
  'toString',
  '{{7*7}}',
  "'; drop table log; --",
  '<script>alert(1)</script>',
  '*',
  '**/*',
  '{a,b}'.repeat(40),
  '['.repeat(300),
  'x'.repeat(600),
  'x'.repeat(20_000),
  'NaN',
  '-1',
  '1e309',
  '9007199254740993',
  'null',
  'true',
];

const ODD_PATHS: readonly string[] = [
  '%2e%2e%2f%2e%2e%2fcanary',
  '..%2f..%2fcanary',
  '%c0%ae%c0%ae%c0%afcanary',
  '%252e%252e%252f',
  '%00',
  'a%00b',
  '%ff%fe',
  '%',
  '%zz',
  '%u002e',
  '..;/..;/canary',
  './.././../canary',
  '//canary//',
  '%5c..%5ccanary',
  '%0d%0aX-Evil:%201',
  'a b',
  '\u00e9',
  '__proto__',
  'constructor',
  '*',
  ':id',
  '{id}',
  'x'.repeat(7_000),
];

const FIELDS: readonly string[] = (
  'id purpose client root onTaken tags notes joinToken session requestId resources resource mode ttlMs ' +
  'reason priority dryRun ticket leases token all to offer answer summary complexity confidence outcomes ' +
  'plan parameters ethicalDrift checkInId kind ok evidence reflection key prefix value ifVersion type text ' +
  'replyTo after limit cursor agentId sessionId finding __proto__ then'
).split(' ');

const QUERIES: readonly string[] =
  'limit cursor after at format type types agent resource prefix all eisv from to'.split(' ');

const TYPES: readonly string[] = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  '',
  'x/y;;;=',
  'application/json, text/html',
];

/** One request, as bytes. */
export function fuzzRequest(random: Random, world: FuzzWorld): Buffer {
  const isMcp = random.chance(0.25);
  const route = isMcp ? { method: 'POST', path: '/mcp' } : random.pick(world.routes);
  const method = random.chance(0.9)
    ? route.method
    : random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE']);
  const body = method === 'GET' || method === 'HEAD' ? Buffer.alloc(0) : bodyFor(random, world, isMcp);
  const head = [
    `${method} ${pathOf(random, route.path, world)}${queryOf(random, world)} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: close',
    ...headersOf(random, world, isMcp),
    ...lengthOf(random, body),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

function pathOf(random: Random, path: string, world: FuzzWorld): string {
  const filled = path
    .replaceAll(/:\w+(\{[^}]*\})?/g, () => segment(random, world))
    .replaceAll('*', () => segment(random, world));
  if (random.chance(0.03)) return `${filled}/${random.pick(ODD_PATHS)}`;
  if (random.chance(0.02)) return filled.replace('/', '//');
  return filled;
}

function segment(random: Random, world: FuzzWorld): string {
  return random.weighted([
    [4, encodeURIComponent(random.pick(world.names))],
    [3, random.pick(ODD_PATHS)],
    [3, safelyEncoded(random.pick(ODD_TEXTS)).slice(0, 6_000)],
  ]);
}

/** A lone half of a pair cannot be encoded. */
function safelyEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function queryOf(random: Random, world: FuzzWorld): string {
  if (random.chance(0.6)) return '';
  const pairs = Array.from({ length: random.between(1, 3) }, () => {
    const value = random.chance(0.5) ? segment(random, world) : safelyEncoded(random.pick(ODD_TEXTS)).slice(0, 2_000);
    return `${random.pick(QUERIES)}=${value}`;
  });
  return `?${pairs.join('&')}`;
}

function headersOf(random: Random, world: FuzzWorld, isMcp: boolean): readonly string[] {
  const headers: string[] = [];
  const type = random.chance(0.85) ? 'application/json' : random.pick(TYPES);
  headers.push(`Content-Type: ${type}`);
  if (random.chance(0.8)) headers.push(`Authorization: Bearer ${random.pick(world.secrets)}`);
  else if (random.chance(0.3)) headers.push(`Authorization: ${headerText(random)}`);
  if (isMcp && random.chance(0.9)) headers.push('Accept: application/json, text/event-stream');
  const odd = [
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'Last-Event-ID',
    'Mcp-Session-Id',
    'MCP-Protocol-Version',
  ];
  const more = [
    'Accept',
    'Accept-Encoding',
    'Content-Encoding',
    'Range',
    'Cookie',
    'X-Forwarded-For',
    'Mcp-Method',
    'Mcp-Name',
    'traceparent',
    'Origin',
  ];
  for (const name of [...odd, ...more]) if (random.chance(0.06)) headers.push(`${name}: ${headerText(random)}`);
  if (isMcp && random.chance(0.4))
    headers.push(`MCP-Protocol-Version: ${random.pick(['2025-06-18', '2025-11-25', '2026-07-28'])}`);
  return headers;
}

/** Without line ends, which would end the header. */
function headerText(random: Random): string {
  return random
    .pick([...ODD_TEXTS, 'gzip', '*', '"1"', 'W/"x"', 'bytes=0-1', 'brigade_operator=x', 'http://127.0.0.1'])
    .replaceAll(/[\r\n\0]/g, '')
    .slice(0, 3_000);
}

function lengthOf(random: Random, body: Buffer): readonly string[] {
  if (body.length === 0 && random.chance(0.5)) return [];
  // A length that is too long is a client that goes silent; the server's patience is tested elsewhere.
  if (body.length > 1 && random.chance(0.02)) return [`Content-Length: ${random.between(0, body.length - 1)}`];
  if (random.chance(0.01))
    return [`Content-Length: ${random.pick(['-1', 'x', '1e3', '99999999999999999999', '0x10'])}`];
  return [`Content-Length: ${body.length}`];
}

function bodyFor(random: Random, world: FuzzWorld, isMcp: boolean): Buffer {
  const text = isMcp ? JSON.stringify(messageOf(random, world)) : JSON.stringify(objectOf(random, world));
  return random.weighted<() => Buffer>([
    [30, () => Buffer.from(text)],
    [1, () => Buffer.from(text.slice(0, random.below(text.length + 1)))],
    [1, () => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0x00, 0x80])])],
    [1, () => Buffer.from('['.repeat(random.pick([10, 127, 129, 100_000])))],
    [1, () => Buffer.from(`{"value":${'['.repeat(120)}${']'.repeat(120)}}`)],
    [1, () => Buffer.from(`${'{"value":'.repeat(110)}1${'}'.repeat(110)}`)],
    [1, () => Buffer.from('x'.repeat(random.pick([1, 70_000, 1_100_000])))],
    [
      1,
      () =>
        Buffer.from(
          random.pick(['null', '7', '"x"', '[]', '{}', '{"a":1,"a":2}', '\ufeff{}', '', ' ', '{"__proto__":{"x":1}}']),
        ),
    ],
    [1, () => Buffer.from(text, 'utf16le')],
  ])();
}

function messageOf(random: Random, world: FuzzWorld): unknown {
  const version = random.pick(['2025-11-25', '2026-07-28', '', 7]);
  const meta = random.chance(0.5)
    ? {
        _meta: {
          'io.modelcontextprotocol/protocolVersion': version,
          'io.modelcontextprotocol/clientCapabilities': {},
          'io.modelcontextprotocol/clientInfo': { name: 'x', version: '1' },
        },
      }
    : {};
  const name = random.chance(0.9) ? random.pick(world.tools) : random.pick(ODD_TEXTS);
  const call = {
    name,
    arguments: { ...objectOf(random, world), ...(random.chance(0.7) ? { session: random.pick(world.secrets) } : {}) },
    ...meta,
  };
  const method = random.weighted([
    [8, 'tools/call'],
    [
      1,
      random.pick([
        'initialize',
        'tools/list',
        'resources/list',
        'resources/read',
        'subscriptions/listen',
        'ping',
        'server/discover',
      ]),
    ],
    [1, random.pick(ODD_TEXTS)],
  ]);
  const params = random.chance(0.9)
    ? method === 'tools/call'
      ? call
      : { ...meta, uri: random.pick(ODD_TEXTS), ...objectOf(random, world) }
    : oddValue(random, world, 0);
  const message = {
    jsonrpc: random.chance(0.97) ? '2.0' : 2,
    id: random.pick([1, 'x', null, {}, 1e9]),
    method,
    params,
  };
  return random.chance(0.03) ? [message, message] : message;
}

function objectOf(random: Random, world: FuzzWorld): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let left = random.between(0, 5); left > 0; left -= 1) object[random.pick(FIELDS)] = oddValue(random, world, 0);
  // Waits are short: it is no part of this to be patient.
  if (random.chance(0.5)) object.waitMs = random.pick([0, 1, -1, 'x', null, 1e12, 0.5]);
  else if (random.chance(0.9)) object.waitMs = 0;
  if (random.chance(0.3)) object.resources = [random.pick(world.names)];
  return object;
}

function oddValue(random: Random, world: FuzzWorld, depth: number): unknown {
  return random.weighted<() => unknown>([
    [4, () => random.pick(world.names)],
    [4, () => random.pick(ODD_TEXTS)],
    [2, () => random.pick([0, 1, -1, 0.5, 1e21, Number.MAX_SAFE_INTEGER, 2 ** 53, 42])],
    [1, () => random.pick([null, true, false])],
    [1, () => random.pick(world.secrets)],
    [depth > 3 ? 0 : 2, () => Array.from({ length: random.below(4) }, () => oddValue(random, world, depth + 1))],
    [
      depth > 3 ? 0 : 2,
      () => ({
        [random.pick(FIELDS)]: oddValue(random, world, depth + 1),
        [random.pick(FIELDS)]: oddValue(random, world, depth + 1),
      }),
    ],
    [0.1, () => Array.from({ length: 300 }, () => 'x')],
  ])();
}
