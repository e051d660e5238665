// docs/reference/codes.md: every refusal, every finding and every alert.

import { ALERT_CODES, ALERTS } from '../../src/core/alert/alert.ts';
import { FINDING_CODES } from '../../src/core/diagnosis/finding.ts';
import { REJECTION_CODES, reject } from '../../src/core/rejection.ts';
import { exitCodeOf } from '../../src/surface/cli/exit-code.ts';
import { statusOf } from '../../src/surface/http/problem.ts';
import { table } from './markdown.ts';

const RETRY = { never: 'not as it is', now: 'at once', afterWait: 'after a while' } as const;

const INTRO = `# Codes

## Refusals

A refusal has one shape everywhere: \`code\`, \`category\`, \`message\`, what to do \`next\`, \`retry\`, for some \`retryAfterMs\`, and \`details\`. In MCP it is a tool's result with
\`isError\`; over REST \`application/problem+json\` with the status; on the command line two lines on stderr, or JSON, with the exit code. What each means and what helps:
[troubleshooting](../troubleshooting.md#codes).`;

export function codesPage(): string {
  const rows = REJECTION_CODES.map((code) => {
    const rejection = reject(code, { message: '', next: '' });
    const { category, retry } = rejection;
    return [`\`${code}\``, category, RETRY[retry], String(exitCodeOf(rejection)), String(statusOf(rejection))];
  });
  const alerts = ALERT_CODES.map((code) => {
    const { severity, means, lasts, isIncident } = ALERTS[code];
    return [
      `[\`${code}\`](../alerts/${code}.md)`,
      severity,
      lasts ? 'lasts' : 'of a moment',
      isIncident ? 'yes' : 'no',
      means,
    ];
  });
  return [
    INTRO,
    table(['code', 'category', 'again?', 'exit code', 'status'], rows),
    '## Alerts',
    table(['code', 'severity', 'its cause', 'incident', 'means'], alerts),
    '## Findings of diagnose',
    `${FINDING_CODES.map((code) => `\`${code}\``).join(', ')}. [Diagnosis](../diagnosis.md) explains them.`,
  ].join('\n\n');
}
