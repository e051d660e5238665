// Cursors as they are handed out. One that nobody handed out is refused, because the list would begin anew without a word.

import { cursor } from '../../../schema/fields.ts';

const FOREIGN = 'it is no cursor of this list';

/** Of lists in the order of the log. */
export const numberCursor = cursor.regex(/^\d{1,16}$/, FOREIGN).describe('cursor of the page before');

/** Of locks: a token, or the number and the name of what stands reserved. */
export const lockCursor = cursor.regex(/^\d{1,16}(?: .{1,4096})?$/, FOREIGN).describe('cursor of the page before');
