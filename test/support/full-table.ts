// A table that says something else of itself than it has: for what would take too long to fill, and for what must be noticed.

import type { Table } from '../../src/core/table.ts';

/** The same rows, save for what `says` tells of them. */
export function tableSaying<Row extends object>(table: Table<Row>, says: Partial<Table<Row>>): Table<Row> {
  return new Proxy(table, {
    get: (honest, name: keyof Table<Row>) => {
      const told = says[name] ?? honest[name];
      return typeof told === 'function' ? told.bind(honest) : told;
    },
  });
}
