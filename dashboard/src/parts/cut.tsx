import type { WholeList } from '../data/view.ts';

/** Says so where a list is longer than what a page of a browser should hold. */
export function Cut({
  list,
  what,
  also,
}: {
  readonly list: WholeList<unknown> | undefined;
  readonly what: string;
  /** Where all of it is. */
  readonly also: string;
}) {
  if (list === undefined || list.isWhole) return null;
  return (
    <p className="mb-2 text-warn">
      The first {list.rows.length.toLocaleString('en')} of {list.total.toLocaleString('en')} {what} are shown.{' '}
      <code>{also}</code> lists all.
    </p>
  );
}
