import { describe, expect, it } from 'vitest';
import { parsePolicy } from './parse-policy.ts';

const OPS = { name: 'ops', kind: 'webhook', url: 'https://ops.example/alerts' };

function parsed(...deliver: readonly object[]): unknown {
  const answer = parsePolicy({ path: 'policy.json', text: JSON.stringify({ alerts: { deliver } }) });
  return 'code' in answer ? answer.message : answer;
}

describe('targets of alerts in a policy', () => {
  it('are taken as they are written', () => {
    const deliver = [
      { ...OPS, codes: ['deadlock'], minSeverity: 'critical', retriesMs: [], allowPrivate: true },
      { name: 'pager-1', kind: 'command', retriesMs: [100, 86_400_000] },
      { name: '0', kind: 'desktop' },
    ];
    expect(parsed(...deliver)).toEqual({ alerts: { deliver } });
  });

  it.each([
    [{ ...OPS, name: 'Ops' }, 'alerts.deliver.0.name must be 1 to 32 characters'],
    [{ ...OPS, name: '../ops' }, 'alerts.deliver.0.name must be 1 to 32 characters'],
    [{ ...OPS, kind: 'mail' }, 'must be an object whose kind is "webhook", "desktop" or "command"'],
    [{ ...OPS, secret: 'whsec_' }, 'alerts.deliver.0.secret is no setting'],
    [{ name: 'pager', kind: 'command', program: 'rm' }, 'alerts.deliver.0.program is no setting'],
    [{ ...OPS, url: 'http://ops.example/' }, 'alerts.deliver.0.url must begin with https://'],
    [{ ...OPS, url: 'https://a:b@ops.example/' }, 'alerts.deliver.0.url has a user name or password'],
    [{ ...OPS, url: 'ops.example' }, 'alerts.deliver.0.url is no address'],
    [{ ...OPS, codes: [] }, 'alerts.deliver.0.codes must name at least one'],
    [{ ...OPS, codes: ['fire'] }, 'alerts.deliver.0.codes.0 must be one of'],
    [{ ...OPS, minSeverity: 'loud' }, 'alerts.deliver.0.minSeverity must be'],
    [{ ...OPS, retriesMs: [99] }, 'alerts.deliver.0.retriesMs.0 must be a whole number from 100'],
    [{ ...OPS, retriesMs: Array.from({ length: 21 }, () => 100) }, 'has more than 20 waits'],
  ])('%j is refused by its path', (target, flaw) => {
    expect(parsed(target)).toContain(flaw);
  });

  it('have names of their own, and are at most sixteen', () => {
    expect(parsed(OPS, { ...OPS, kind: 'desktop', url: undefined })).toContain(
      'alerts.deliver.1.name is "ops", as that of an earlier target',
    );
    const many = Array.from({ length: 17 }, (_, i) => ({ ...OPS, name: `t${i}` }));
    expect(parsed(...many)).toContain('names more than 16 targets');
  });
});
