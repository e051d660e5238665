// The part of a policy file that names who is told of alerts. An address that could never be used is refused here, where
// somebody still reads what is wrong with it; what a name resolves to is looked at each time it is used.

import * as z from 'zod';
import { ALERT_CODES, type AlertCode } from '../../core/alert/alert.ts';
import { RETRIES_MS } from '../../core/delivery/back-off.ts';
import { LIMITS } from '../../core/limits.ts';

const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const NAME_FLAW = 'must be 1 to 32 characters (a-z, 0-9, _ -), beginning with a letter or a digit';
const URL_LENGTH = 2_048;
const DAY_MS = 86_400_000;
const RETRY_FLAW = `must be a whole number from 100 to ${DAY_MS}`;
const CODES = [...ALERT_CODES] as [AlertCode, ...AlertCode[]];

const BASE = {
  name: z.string(NAME_FLAW).regex(NAME, NAME_FLAW).meta({
    description:
      'By which people and the command line know it. What was sent under one name is not sent again under it.',
  }),
  codes: z
    .array(z.enum(CODES, `must be one of ${ALERT_CODES.join(', ')}`), 'must be a list of kinds of alerts')
    .min(1, 'must name at least one kind of alert')
    .max(ALERT_CODES.length, 'names one twice')
    .meta({ description: 'Only alerts of these kinds. Left out: all.' })
    .exactOptional(),
  minSeverity: z
    .enum(['info', 'warning', 'critical'], 'must be "info", "warning" or "critical"')
    .meta({ description: 'Only alerts at least so grave. Left out: all.' })
    .exactOptional(),
  retriesMs: z
    .array(z.int(RETRY_FLAW).min(100, RETRY_FLAW).max(DAY_MS, RETRY_FLAW), 'must be a list of waits')
    .max(20, 'has more than 20 waits')
    .meta({
      description: `How long to wait before each further try, in milliseconds; after the last one a message is given up. Left out: ${RETRIES_MS.join(', ')}.`,
    })
    .exactOptional(),
};

const WEBHOOK = z.strictObject(
  {
    ...BASE,
    kind: z.literal('webhook'),
    url: z
      .string('must be an address')
      .max(URL_LENGTH, `is longer than ${URL_LENGTH} characters`)
      .meta({ description: 'Where alerts are sent. https; http only on this host.' }),
    allowPrivate: z
      .boolean('must be true or false')
      .meta({ description: 'It may lie in a private network, and be reached there by http. Left out: false.' })
      .exactOptional(),
  },
  'must be an object',
);

const LOCAL = z.strictObject({ ...BASE, kind: z.enum(['desktop', 'command']) }, 'must be an object');

export const DELIVER = z
  .array(
    z.discriminatedUnion('kind', [WEBHOOK, LOCAL], {
      error: 'must be an object whose kind is "webhook", "desktop" or "command"',
    }),
    'must be a list of targets',
  )
  .max(LIMITS.deliveryTargets, `names more than ${LIMITS.deliveryTargets} targets`)
  .meta({
    description:
      'Who is told of alerts besides the fleet: each name works from the hosts whose user has enabled it (docs/alerts-delivery.md).',
  })
  .exactOptional();
