// A fleet on several hosts around one store: each with a crew, their wall clocks hours apart; and the log as the test reads it
// beside them.

import type { Acknowledged } from './acknowledged.ts';
import { Believed, type Grant, type Succession } from './believed.ts';
import { HostCrew } from './host-crew.ts';
import { HostRig } from './host-rig.ts';
import { SharedLog, type Written } from './shared-log.ts';
import { FLEET, type SharedKind, type SharedServers, startServers } from './shared-servers.ts';
import { SignWatch } from './sign-watch.ts';

/** How far the wall clocks of the hosts are ahead. */
const WALLS_S = [0, 3_600, -86_400] as const;

export class HostKitchen {
  readonly rig: HostRig;
  readonly servers: SharedServers;
  readonly log: SharedLog;
  readonly signs: SignWatch;
  readonly crews: readonly HostCrew[];
  readonly believed: Believed;
  readonly heard: Acknowledged[];

  private constructor(parts: Pick<HostKitchen, 'rig' | 'servers' | 'log' | 'signs' | 'crews' | 'believed' | 'heard'>) {
    this.rig = parts.rig;
    this.servers = parts.servers;
    this.log = parts.log;
    this.signs = parts.signs;
    this.crews = parts.crews;
    this.believed = parts.believed;
    this.heard = parts.heard;
  }

  static async open(kind: SharedKind, count: 2 | 3): Promise<HostKitchen> {
    const rig = await HostRig.open();
    let servers: SharedServers | null = null;
    try {
      servers = await startServers(kind, rig.address);
      const env = { BRIGADE_STORE: servers.url, BRIGADE_FLEET: FLEET };
      const [believed, heard] = [new Believed(), [] as Acknowledged[]];
      const hosts = await Promise.all(
        WALLS_S.slice(0, count).map((wallAheadS, i) => rig.host(`host-${'abc'[i]}`, { wallAheadS, env })),
      );
      const crews = hosts.map((host) => new HostCrew(host, { believed, heard }));
      const log = await SharedLog.open(servers.config);
      const signs = new SignWatch(() => log.beats());
      return new HostKitchen({ rig, servers, log, signs, crews, believed, heard });
    } catch (error) {
      await rig.close();
      await servers?.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.rig.close();
    await this.signs.close();
    await this.log.close();
    await this.servers.stop();
  }

  /** When it was decided, on the clock of the test. */
  atMs({ wallMs, placeId }: Written): number {
    const host = this.log.hosts.get(placeId);
    const i = this.crews.findIndex((crew) => crew.host.name === host);
    return wallMs - (WALLS_S[i] ?? 0) * 1_000 - (Date.now() - performance.now());
  }

  /** The place that the host is now, as the log knows it. */
  placeOf(name: string): string {
    const places = [...this.log.hosts].filter(([, host]) => host === name);
    return places.at(-1)?.[0] ?? '';
  }

  /** What was granted from the number after `after` on, to whomever. */
  grantsSince(after: number): readonly Grant[] {
    return this.log.since(after).flatMap((written): readonly Grant[] => {
      const { type, resource, token } = written.event;
      if (type !== 'lease.granted' || resource === undefined || token === undefined) return [];
      return [{ resource, token, atMs: this.atMs(written) }];
    });
  }

  successionsSince(after: number): readonly Succession[] {
    return this.believed.successions(this.grantsSince(after));
  }
}
