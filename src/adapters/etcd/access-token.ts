// Who asks. Where a user is given, etcd hands out a token for its password, which is shown with every call. It expires after some
// minutes without use and is forgotten when a member starts again; then a new one is asked for. Checking a password takes
// etcd a tenth of a second, so calls that need a token together ask for one.

import type { Connections } from './connections.ts';
import { EtcdRefusal } from './etcd-faults.ts';
import type { EtcdEndpoint, EtcdUser } from './etcd-url.ts';

export class AccessToken {
  readonly #connections: Connections;
  readonly #user: EtcdUser | null;
  #token: Promise<string | null> | null = null;

  constructor(connections: Connections, user: EtcdUser | null) {
    this.#connections = connections;
    this.#user = user;
  }

  /** Another try may bring one that is accepted. */
  get isRenewable(): boolean {
    return this.#user !== null;
  }

  /** Null without a user, and where etcd has no users. */
  async get(endpoint: EtcdEndpoint, patienceMs: number): Promise<string | null> {
    if (this.#user === null) return null;
    this.#token ??= this.#authenticate(endpoint, this.#user, patienceMs);
    const asked = this.#token;
    try {
      return await asked;
    } catch (error) {
      if (this.#token === asked) this.#token = null;
      throw error;
    }
  }

  /** It was not accepted. */
  async forget(token: string | null): Promise<void> {
    const current = this.#token;
    if (current !== null && (await current.catch(() => token)) === token && this.#token === current) this.#token = null;
  }

  async #authenticate(endpoint: EtcdEndpoint, user: EtcdUser, patienceMs: number): Promise<string | null> {
    const outgoing = {
      method: 'POST',
      path: '/v3/auth/authenticate',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(user),
    } as const;
    const answered = await this.#connections.ask(endpoint, outgoing, patienceMs);
    if (answered.status === 200) return (JSON.parse(answered.text) as { readonly token: string }).token;
    const refusal = new EtcdRefusal(answered);
    if (refusal.message.includes('authentication is not enabled')) return null;
    throw refusal;
  }
}
