// Benchmarks that have a name of their own, as sections of the suite: a row for each of their figures.

import type { Benchmark } from '../../support/figure.ts';
import type { Row, Section } from '../section.ts';

interface ByName {
  readonly title: string;
  readonly about: string;
  readonly isLong?: true;
  readonly isOnce?: true;
}

export function byName(name: string, { title, about, ...more }: ByName): Section {
  return {
    name,
    title,
    about,
    columns: [{ name: 'value', head: '', unit: '', isCost: true }],
    charts: [],
    ...more,
    load: async () => {
      const { measure } = (await import(new URL(`../../${name}.ts`, import.meta.url).href)) as Benchmark;
      return { measure: async () => (await measure({})).map((figure) => rowOf(name, figure)) };
    },
  };
}

function rowOf(section: string, { what, value, unit, target }: Awaited<ReturnType<Benchmark['measure']>>[number]): Row {
  const id = `${section}.${what
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}`;
  const targets = target === undefined ? {} : { targets: { value: target } };
  return { id, what: unit === '' ? what : `${what}, ${unit}`, survives: 'none', cells: { value }, ...targets };
}
