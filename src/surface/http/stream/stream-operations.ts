// The two routes to the log, as rows of the table that REST is made of: mounted here, because they need the hub, and described
// in the document with the others.

import * as z from 'zod';
import { defineOperation, type Operation } from '../rest/operation.ts';
import { FILTER_FIELDS } from './event-filter.ts';
import { openStream } from './open-stream.ts';
import { EVENTS_MAX, EVENTS_SHOWN, readEvents } from './read-events.ts';

const after = z.int().min(0).describe('number of the last event that you have; the next ones are sent');

const streamEvents = defineOperation({
  id: 'streamEvents',
  method: 'get',
  path: '/v1/stream',
  access: 'open',
  summary: 'The log as it grows',
  description:
    'Server-sent events: each is one fact with its sentence, and its id is the number of the fact in the log. Begins now, or after the ' +
    'number in `Last-Event-ID` or `after`. The first event is `ready`; a reader that takes too little, or whose credential ' +
    'ends, hears `dropped` with the reason and `resumeAfter`. Texts of messages are empty for whom they are not meant.',
  query: { after: after.optional(), ...FILTER_FIELDS },
  run: openStream,
});

const listEvents = defineOperation({
  id: 'listEvents',
  method: 'get',
  path: '/v1/events',
  access: 'open',
  summary: 'Events',
  description:
    'The log from a number on, as facts and sentences: `events`, the `cursor` to pass as the next `after`, whether there ' +
    'is more now (`hasMore`), and the `head` of the log. A page may hold fewer events than asked for, and even none, with more to come.',
  query: {
    after: after.optional(),
    limit: z.int().min(1).max(EVENTS_MAX).describe(`most events to show, ${EVENTS_SHOWN} by default`).optional(),
    ...FILTER_FIELDS,
  },
  run: readEvents,
});

export const streamOperations: readonly Operation[] = [streamEvents, listEvents];
