// Certificates as an operator makes them: an authority of one's own, and what it has signed for a server and for a client.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface CertifiedBy {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const FRESH = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'] as const;

/** An authority in `folder`, and what it has signed for each of these names. */
export function certificates(folder: string, names: readonly string[]): readonly CertifiedBy[] {
  const file = (name: string): string => join(folder, name);
  const ca = file('ca.pem');
  make(['-subj', '/CN=kitchen CA', '-keyout', file('ca.key'), '-out', ca]);
  return names.map((name) => {
    const [cert, key] = [file(`${name}.pem`), file(`${name}.key`)];
    const holds = `subjectAltName=${/^[\d.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`;
    make(['-CA', ca, '-CAkey', file('ca.key'), '-addext', holds, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert]);
    return { ca, cert, key };
  });
}

function make(args: readonly string[]): void {
  execFileSync('openssl', ['req', '-x509', ...FRESH, ...args], { stdio: 'pipe' });
}
