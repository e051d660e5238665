// docs/reference/metrics.md: what `/metrics` of a fresh server says of itself.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Seat } from '../../src/app/seat/seat.ts';
import { openFleet, prepareHost } from '../../src/compose.ts';
import { anybody } from '../../src/surface/http/anybody.ts';
import { createHttpApp } from '../../src/surface/http/app.ts';
import { table } from './markdown.ts';

const INTRO = `# Metrics

\`GET /metrics\` of \`brigade serve\`, in the text format of Prometheus. No agent and no resource is ever a label. Besides these there are those of the process and of Node
(\`brigade_process_*\`, \`brigade_nodejs_*\`). [Dashboard and alert rules](../../ops/README.md) come with the package.`;

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: ReadonlySet<string>;
}

export async function metricsPage(): Promise<string> {
  const metrics = metricsIn(await scraped()).filter(({ name }) => !/^brigade_(?:process|nodejs)_/.test(name));
  const rows = metrics.map(({ name, type, help, labels }) => {
    return [`\`${name}\``, type, [...labels].map((label) => `\`${label}\``).join(', '), help];
  });
  return [INTRO, table(['metric', 'type', 'labels', 'what it tells'], rows)].join('\n\n');
}

async function scraped(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'brigade-reference-'));
  const flags = { root, store: 'memory:', desk: 'off', logLevel: 'silent' };
  const fleet = await openFleet(
    await prepareHost({ flags, env: { XDG_STATE_HOME: root }, folder: root, stays: false }),
  );
  const stopping = new AbortController();
  try {
    const seat = new Seat(fleet.seatPorts, await anybody(fleet));
    const app = createHttpApp({ fleet, seat, version: '', stopping: stopping.signal });
    const response = await app.request('http://127.0.0.1:7420/metrics');
    return await response.text();
  } finally {
    stopping.abort();
    await fleet.close();
    rmSync(root, { recursive: true, force: true });
  }
}

function metricsIn(text: string): readonly Metric[] {
  return text.split(/^(?=# HELP )/m).flatMap((part) => {
    const [, name = '', help = ''] = /^# HELP (\S+) (.*)$/m.exec(part) ?? [];
    const [, type = ''] = /^# TYPE \S+ (\S+)$/m.exec(part) ?? [];
    const labels = Array.from(part.matchAll(/(?<=[{,])([a-zA-Z_]+)="/g), ([, label = '']) => label).filter(
      (each) => each !== 'le',
    );
    return name === '' ? [] : [{ name, type, help, labels: new Set(labels) }];
  });
}
