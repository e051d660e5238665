// How sections are searched: the same where the index is made and where it is used.

import type { Options } from 'minisearch';

/** A part of a page, from one heading to the next. */
export interface Section {
  /** Where it is, from the top of the site. */
  readonly id: string;
  readonly page: string;
  readonly title: string;
  readonly text: string;
}

export const SEARCH_OPTIONS: Options<Section> = {
  fields: ['title', 'page', 'text'],
  storeFields: ['title', 'page'],
  searchOptions: { boost: { title: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
};
