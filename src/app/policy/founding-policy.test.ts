import { describe, expect, it } from 'vitest';
import type { Logger } from '../../ports/logger.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import { foundingPolicy } from './founding-policy.ts';

function told() {
  const warnings: string[] = [];
  const none = () => undefined;
  const logger: Logger = {
    error: none,
    warn: (fields, message) => void warnings.push(`${String(fields.code)} ${message}`),
    info: none,
    debug: none,
    child: () => logger,
  };
  return { warnings, logger };
}

describe('foundingPolicy', () => {
  it('is what the file says, and nothing without one', () => {
    const { logger, warnings } = told();
    expect(foundingPolicy(() => ({ path: 'p', text: '{ "archive": null } // never' }), logger)).toEqual({
      archive: null,
    });
    expect(foundingPolicy(() => null, logger)).toBeNull();
    expect(warnings).toEqual([]);
  });

  it.each([
    [
      'is not valid',
      () => ({ path: 'p', text: '{ "archive": 0 }' }),
      /POLICY_INVALID .*line 1, column 3: archive must be/,
    ],
    [
      'cannot be read',
      () => {
        throw new SetupFault('POLICY_INVALID', { message: 'p is no file.', next: '' });
      },
      /POLICY_INVALID .*p is no file\./,
    ],
  ])('keeps nobody from founding where the file %s, and says why', (_, readFile, warning) => {
    const { logger, warnings } = told();
    expect(foundingPolicy(readFile, logger)).toBeNull();
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('lets pass what is no refusal', () => {
    const broken = () => {
      throw new RangeError('a fault of ours');
    };
    expect(() => foundingPolicy(broken, told().logger)).toThrow(RangeError);
  });
});
