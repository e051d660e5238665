// Signatures of webhooks as the Standard Webhooks specification has them: HMAC-SHA256 over id, time and body.

import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** A secret as people pass it on: of 24 to 64 bytes. */
export function writeSecret(bytes: Uint8Array): string {
  return `${PREFIX}${Buffer.from(bytes).toString('base64')}`;
}

/** True for a secret that can sign. */
export function isSecret(text: string): boolean {
  return keyOf(text) !== null;
}

/** What a message is signed with: one secret, or two while receivers change from one to the other. */
export type Secrets = readonly [string, ...string[]];

/** The header `webhook-signature`, with one signature for each secret. Throws for what is no secret. */
export function signatures(secrets: Secrets, id: string, timestamp: number, body: string): string {
  return secrets.map((secret) => signature(secret, id, timestamp, body)).join(' ');
}

function signature(secret: string, id: string, timestamp: number, body: string): string {
  const key = keyOf(secret);
  if (key === null) throw new Error('a signing secret begins with whsec_ and has 24 to 64 bytes of base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function keyOf(secret: string): Buffer | null {
  if (!secret.startsWith(PREFIX)) return null;
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return key.length >= 24 && key.length <= 64 ? key : null;
}
