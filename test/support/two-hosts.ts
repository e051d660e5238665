// Two hosts on one store, with an agent on each: `ana` on the first and `bo` on the second.

import { Believed } from './believed.ts';
import { type Host, HostRig } from './host-rig.ts';
import { HostSession, type SessionNotes } from './host-session.ts';
import { FLEET } from './shared-servers.ts';

/** Whatever the log is kept by. */
export interface AnyServers {
  readonly url: string;
  stop(): Promise<void>;
}

export class TwoHosts<S extends AnyServers> {
  readonly rig: HostRig;
  readonly servers: S;
  readonly hosts: readonly [Host, Host];
  readonly ana: HostSession;
  readonly bo: HostSession;
  readonly notes: SessionNotes;

  private constructor(parts: Pick<TwoHosts<S>, 'rig' | 'servers' | 'hosts' | 'ana' | 'bo' | 'notes'>) {
    this.rig = parts.rig;
    this.servers = parts.servers;
    this.hosts = parts.hosts;
    this.ana = parts.ana;
    this.bo = parts.bo;
    this.notes = parts.notes;
  }

  /** `start` gets the address at which hosts reach servers. */
  static async open<S extends AnyServers>(start: (address: string) => Promise<S>): Promise<TwoHosts<S>> {
    const rig = await HostRig.open();
    let servers: S | null = null;
    try {
      servers = await start(rig.address);
      const env = { BRIGADE_STORE: servers.url, BRIGADE_FLEET: FLEET };
      const hosts = [await rig.host('host-a', { env }), await rig.host('host-b', { env })] as const;
      const notes: SessionNotes = { believed: new Believed(), heard: [] };
      const ana = await HostSession.open(await hosts[0].scratch.agent(), 'ana', notes);
      const bo = await HostSession.open(await hosts[1].scratch.agent(), 'bo', notes);
      return new TwoHosts({ rig, servers, hosts, ana, bo, notes });
    } catch (error) {
      await rig.close();
      await servers?.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.rig.close();
    await this.servers.stop();
  }
}
