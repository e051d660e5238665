// Arguments that several tools take, described once.

import * as z from 'zod';

export const resource = z.string().describe('as in file:src/a.ts');
export const token = z.int().describe('the number given with the lease');
const lease = z.strictObject({ resource: z.string(), token: z.int() });
export const leases = z.array(lease);
export const ticket = z.string().describe('the ticket of a queued call, as in t42');
export const cursor = z.string().describe('cursor of the page before');
export const dryRun = z.boolean().optional().describe('true: only tell what would be done');
export const limit = z.int().min(1).describe('most rows to show');
