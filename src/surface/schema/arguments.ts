// Arguments of a call, of a tool or of a route, from whatever a client sent to typed values, or to the one refusal that says
// which argument is wrong and what to write instead.

import * as z from 'zod';
import { type Rejection, reject } from '../../core/rejection.ts';

export interface Expected<Own extends z.ZodRawShape, Common extends z.ZodRawShape> {
  readonly tool: string;
  readonly own: z.ZodObject<Own>;
  /** What every tool takes; made once, because a schema that is made anew is compiled anew. */
  readonly common: z.ZodObject<Common>;
  readonly nullable: readonly string[];
}

export type Parsed<Own extends z.ZodRawShape, Common extends z.ZodRawShape> =
  | { readonly args: z.output<z.ZodObject<Own>>; readonly common: z.output<z.ZodObject<Common>> }
  | { readonly rejection: Rejection };

/** Flaws named in one refusal. */
const FLAWS = 5;

export function parseArguments<Own extends z.ZodRawShape, Common extends z.ZodRawShape>(
  expected: Expected<Own, Common>,
  sent: unknown,
): Parsed<Own, Common> {
  const { tool, own, common, nullable } = expected;
  const given = withoutNulls(sent ?? {}, nullable);
  if (given === null) return { rejection: notAnObject(tool) };
  const isCommon = (name: string): boolean => Object.hasOwn(common.shape, name);
  const shared = common.safeParse(pick(given, isCommon));
  const parsed = own.safeParse(pick(given, (name) => !isCommon(name)));
  if (parsed.success && shared.success) return { args: parsed.data, common: shared.data };
  const issues = [...(parsed.error?.issues ?? []), ...(shared.error?.issues ?? [])];
  return { rejection: invalid(tool, z.object({ ...own.shape, ...common.shape }), issues) };
}

/** Arguments by name, of a call that has no others. `name` is what the caller called. */
export function parseFields<Shape extends z.ZodRawShape>(
  {
    name,
    schema,
    nullable,
  }: { readonly name: string; readonly schema: z.ZodObject<Shape>; readonly nullable: readonly string[] },
  sent: unknown,
): { readonly args: z.output<z.ZodObject<Shape>> } | { readonly rejection: Rejection } {
  const given = withoutNulls(sent, nullable);
  if (given === null) return { rejection: notAnObject(name) };
  const parsed = schema.safeParse(given);
  return parsed.success ? { args: parsed.data } : { rejection: invalid(name, schema, parsed.error.issues) };
}

/** Clients that must fill in every argument send null for those they leave out. */
function withoutNulls(sent: unknown, nullable: readonly string[]): Readonly<Record<string, unknown>> | null {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return null;
  const given = sent as Readonly<Record<string, unknown>>;
  if (!Object.values(given).includes(null)) return given;
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => value !== null || nullable.includes(name)));
}

function pick(given: Readonly<Record<string, unknown>>, isWanted: (name: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => isWanted(name)));
}

function invalid(tool: string, schema: z.ZodObject, issues: readonly z.core.$ZodIssue[]): Rejection {
  const flaws = issues.slice(0, FLAWS).map((issue) => flawOf(issue, schema));
  const [first] = flaws;
  return reject('INVALID_ARGUMENT', {
    message: `${tool}: ${flaws.map((flaw) => flaw.message).join('; ')}.`,
    next: first?.next ?? 'Look at the input schema of the tool.',
    details: { path: first?.path ?? '', flaws: flaws.map(({ path, message }) => ({ path, message })) },
  });
}

interface Flaw {
  readonly path: string;
  readonly message: string;
  readonly next: string;
}

function flawOf(issue: z.core.$ZodIssue, schema: z.ZodObject): Flaw {
  const names = Object.keys(schema.shape);
  if (issue.code === 'unrecognized_keys') return unknownArgument(issue, names);
  const path = pathOf(issue.path);
  const field = String(issue.path[0] ?? '');
  if (field === '') return { path, message: issue.message, next: `Its arguments are ${names.join(', ')}.` };
  const problem = issue.message.replace(/^Invalid (?:input|option): /, '');
  const isMissing = problem.endsWith('received undefined');
  const meant = descriptionOf(schema, field);
  const otherwise = isMissing ? `Give ${field}.` : `Correct ${field}.`;
  return {
    path,
    message: isMissing ? `${path} is missing` : `${path}: ${problem}`,
    next: meant === null ? otherwise : `Write ${field}: ${meant}.`,
  };
}

function unknownArgument(issue: z.core.$ZodIssueUnrecognizedKeys, names: readonly string[]): Flaw {
  const shown = issue.keys.slice(0, FLAWS).map((key) => key.slice(0, 40));
  const path = pathOf([...issue.path, shown[0] ?? '']);
  const meant = issue.path.length > 0 ? undefined : names.find((name) => bare(name) === bare(shown[0] ?? ''));
  const next = meant === undefined ? `Its arguments are ${names.join(', ')}.` : `Write ${meant}.`;
  return { path, message: `there is no argument ${shown.map((key) => JSON.stringify(key)).join(', ')}`, next };
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}

function descriptionOf(schema: z.ZodObject, field: string): string | null {
  const member: unknown = Object.hasOwn(schema.shape, field) ? schema.shape[field] : undefined;
  return member instanceof z.ZodType ? (member.description ?? null) : null;
}

/** `wait_ms`, `waitMS` and `wait-ms` mean `waitMs`. */
function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function notAnObject(tool: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${tool}: the arguments are not an object.`,
    next: 'Send an object with the arguments by name.',
    details: { path: '' },
  });
}
