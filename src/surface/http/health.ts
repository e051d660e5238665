// Is the server there, and is it of use? `/healthz` says the first, `/readyz` the second and why not.

import type { Hono } from 'hono';
import type { HttpEnv, HttpParts } from './http-parts.ts';
import { fleetMark } from './neighbour.ts';

export function mountHealth(app: Hono<HttpEnv>, { fleet, version, stopping }: HttpParts): void {
  const who = { service: 'brigade', version, fleet: fleetMark(fleet) };
  app.get('/healthz', (c) => c.json({ ok: true, ...who }));
  app.get('/readyz', async (c) => {
    const reasons = stopping.aborted
      ? [{ code: 'STOPPING', message: 'The server is stopping.' }]
      : await troubleOf(fleet.coordinator);
    return c.json({ ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  });
}

async function troubleOf(
  coordinator: HttpParts['fleet']['coordinator'],
): Promise<readonly { readonly code: string; readonly message: string }[]> {
  try {
    const { granting } = await coordinator.view({ kind: 'fleet' });
    const { trouble } = coordinator.health();
    if (trouble !== null) return [{ code: trouble.code, message: trouble.message }];
    return granting.ok ? [] : [{ code: granting.code, message: granting.why }];
  } catch (error) {
    const { trouble } = coordinator.health();
    return [{ code: trouble?.code ?? 'STORE_UNAVAILABLE', message: trouble?.message ?? String(error) }];
  }
}
