// A JSON Schema in a few words, as a person reads it beside an example.

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly allOf?: readonly unknown[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Member {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/** Members of an object, those of objects in it behind a dot; none for anything else. */
export function membersOf(schema: unknown, prefix = ''): readonly Member[] {
  const { properties = {}, required = [] } = (schema ?? {}) as Schema;
  return Object.entries(properties).flatMap(([field, each]) => {
    const { description = '' } = each as Schema;
    const name = `${prefix}${field}`;
    const member = { name, type: typeText(each), isRequired: required.includes(field), description };
    return [member, ...membersOf(innermost(each), `${name}${member.type.endsWith('[]') ? '[]' : ''}.`)];
  });
}

/** What an array or an optional object is made of. */
function innermost(schema: unknown): unknown {
  const { items } = schema as Schema;
  return items ?? schema;
}

export function typeText(schema: unknown): string {
  const {
    $ref,
    type,
    enum: values,
    const: only,
    items,
    anyOf,
    oneOf,
    allOf,
    minimum,
    maximum,
  } = (schema ?? {}) as Schema;
  if ($ref !== undefined) return $ref.split('/').at(-1) ?? '';
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (only !== undefined) return JSON.stringify(only);
  const choices = anyOf ?? oneOf ?? allOf;
  if (choices !== undefined) return choices.map(typeText).join(' | ');
  const names = typeof type === 'string' ? [type] : (type ?? []);
  if (names.length === 0) return 'anything';
  return names
    .map((name) => (name === 'array' ? `${typeText(items)}[]` : `${name}${rangeText(name, minimum, maximum)}`))
    .join(' | ');
}

function rangeText(name: string, minimum: number | undefined, maximum: number | undefined): string {
  const isNumber = name === 'integer' || name === 'number';
  const from = isBound(minimum) ? minimum : null;
  const to = isBound(maximum) ? maximum : null;
  if (!isNumber || (from === null && to === null)) return '';
  if (to === null) return ` from ${from}`;
  return from === null ? ` to ${to}` : ` ${from} to ${to}`;
}

/** The bounds that every whole number has say nothing. */
function isBound(bound: number | undefined): bound is number {
  return bound !== undefined && Math.abs(bound) !== Number.MAX_SAFE_INTEGER;
}
