// Secrets never reach a log. They are known by the name of their field; public numbers, such as fencing tokens, stay.

const SECRET_NAMES: ReadonlySet<string> = new Set([
  'session',
  'handle',
  'secret',
  'operatortoken',
  'jointoken',
  'authorization',
  'password',
  'brigade_session',
  'brigade_operator_token',
]);
const DEPTH_MAX = 6;
const CENSORED = '[secret]';

/** A copy of `fields` in which the value of every secret field is replaced. Errors and class instances pass as they are. */
export function withoutSecrets(fields: object): Record<string, unknown> {
  return censorFields(fields, 0);
}

function censorFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_NAMES.has(name.toLowerCase()) && value !== null ? CENSORED : censor(value, depth + 1),
    ]),
  );
}

function censor(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => censor(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? censorFields(value, depth) : value;
}
